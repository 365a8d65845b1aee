"""The one HTTP client: which certificates count, which proxy is used, nothing kept, nothing followed.

Imported after the first frame only: httpx costs more than the bare window (performance.md).
"""

from __future__ import annotations

import logging
import os
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from leaddesk.api.library import httpx
from leaddesk.api.line import Line
from leaddesk.settings.address import ServerAddress
from leaddesk.settings.environment import disarm
from leaddesk.settings.proxies.choice import STRAIGHT, Network, choose

if TYPE_CHECKING:
    from leaddesk.settings.proxies.choice import ProxyChoice

_CONNECT_SECONDS = 8.0
_CONNECTIONS = 20
KEPT_IDLE_SECONDS = 4.0
"""Servers close what was idle, ours after five seconds; whoever sends at that moment is not heard."""


def open_http(address: ServerAddress, network: Network = Network()) -> httpx.AsyncClient:  # noqa: B008
    """Open the client for one server.

    ``trust_env`` is off: neither ``.netrc`` nor certificate variables are read. A proxy is used on purpose
    (corporate networks, measure A2), never for loopback. Redirects are not followed and cookies not kept
    (guarantee D6). ``network``: what the machine's managed settings say of it.
    """
    _silence_libraries()
    disarm(os.environ)
    return httpx.AsyncClient(
        base_url=address.url,
        transport=_transport(address, network),
        timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"user-agent": "leaddesk"},
    )


def tls_context(address: ServerAddress, authorities: str | None = None) -> ssl.SSLContext:
    """Return the operating system's trust, TLS 1.2 or newer, and no key log file whatever is asked.

    A name counts only where names belong (RFC 9525, 6.3): OpenSSL would take the subject's common name too.
    ``authorities``: certificates of a company's own authorities (PEM) that count besides.

    On plain loopback an empty context is returned that trusts nobody and costs no start-up time.
    """
    if not address.encrypted:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    if authorities is not None:
        context.load_verify_locations(cadata=authorities)
    return context


def proxy_for(address: ServerAddress, network: Network = Network()) -> ProxyChoice:  # noqa: B008
    """Choose the way: straight to this machine, else what settings, environment or system say."""
    host = httpx.URL(address.url).host
    return choose(host, os.environ, network) if address.encrypted and not address.loopback else STRAIGHT


def _transport(address: ServerAddress, network: Network) -> httpx.AsyncHTTPTransport:
    return Line(
        proxy_for(address, network),
        verify=tls_context(address, network.authorities),
        limits=httpx.Limits(
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=KEPT_IDLE_SECONDS,
        ),
    )


def _silence_libraries() -> None:
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
        logging.getLogger(name).disabled = True
