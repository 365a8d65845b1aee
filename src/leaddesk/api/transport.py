"""The one way out: which certificates count and which proxy is used."""

from __future__ import annotations

import os
import ssl
from urllib.parse import urlsplit

from leaddesk.api.connection import Route
from leaddesk.api.http_line import HttpLine
from leaddesk.settings.address import ServerAddress, is_loopback
from leaddesk.settings.environment import disarm


def open_http(address: ServerAddress) -> HttpLine:
    """Open the line to one server.

    The proxy of the system or of ``HTTPS_PROXY`` is used on purpose (corporate networks, measure A2), never
    for loopback; no certificate variable is read.
    """
    disarm(os.environ)
    return HttpLine(Route(address.url, tls_context(address), proxy_for(address)))


def tls_context(address: ServerAddress) -> ssl.SSLContext | None:
    """Return the operating system's trust, TLS 1.2 or newer, and no key log file whatever is asked.

    ``None`` on plain loopback, the one place that is not encrypted.
    """
    if not address.encrypted:
        return None
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def proxy_for(address: ServerAddress) -> str | None:
    """Return the system's https proxy, unless the server is this machine or exempted."""
    host = urlsplit(address.url).hostname or ""
    if not address.encrypted or is_loopback(host):
        return None
    import urllib.request  # 11 ms, and needed for no server of this machine

    if urllib.request.proxy_bypass(host):
        return None
    found = urllib.request.getproxies().get("https")
    return (found if "://" in found else f"http://{found}") if found else None
