"""The one HTTP client: which certificates count, which proxy is used, nothing kept, nothing followed.

Imported after the first frame only: httpx costs more than the bare window (performance.md).
"""

from __future__ import annotations

import logging
import os
import ssl
import urllib.request
from http.cookiejar import CookieJar, DefaultCookiePolicy

from leaddesk.api.library import httpx
from leaddesk.settings.address import ServerAddress, is_loopback
from leaddesk.settings.environment import disarm

_CONNECT_SECONDS = 8.0
_CONNECTIONS = 20


def open_http(address: ServerAddress) -> httpx.AsyncClient:
    """Open the client for one server.

    ``trust_env`` is off: neither ``.netrc`` nor certificate variables are read. The proxy of the system or
    of ``HTTPS_PROXY`` is used on purpose (corporate networks, measure A2), never for loopback. Redirects
    are not followed and cookies not kept (guarantee D6).
    """
    _silence_libraries()
    disarm(os.environ)
    return httpx.AsyncClient(
        base_url=address.url,
        transport=_transport(address),
        timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"user-agent": "leaddesk"},
    )


def tls_context(address: ServerAddress) -> ssl.SSLContext:
    """Return the operating system's trust, TLS 1.2 or newer, and no key log file whatever is asked.

    On plain loopback an empty context is returned that trusts nobody and costs no start-up time.
    """
    if not address.encrypted:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def proxy_for(address: ServerAddress) -> str | None:
    """Return the system's https proxy, unless the server is this machine or exempted."""
    host = httpx.URL(address.url).host
    if not address.encrypted or is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get("https") or None


def _transport(address: ServerAddress) -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport(
        verify=tls_context(address),
        proxy=proxy_for(address),
        trust_env=False,
        limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
    )


def _silence_libraries() -> None:
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
        logging.getLogger(name).disabled = True
