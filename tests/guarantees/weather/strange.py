"""D9: strange weather has the right sentence, and no token is thrown away.

A client with a token in its keyring meets each sky at its start, as a person with a notebook does, and the
same token works once the weather is fine.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from ssl import SSLContext
from unittest.mock import patch

from leaddesk.api import failures, transport
from leaddesk.api.client import ApiClient
from leaddesk.desk.sign_in import SignIn
from leaddesk.personal.masked import Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import Profile
from leaddesk.settings.address import read_address
from leaddesk.settings.proxies.choice import Network, ProxyChoice
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.wording import text
from tests.guarantees.figure import Figure
from tests.guarantees.weather.certificates import KINDS
from tests.guarantees.weather.skies import SKIES, Sky
from tests.support.certificates import Made, pem_of, root
from tests.support.listening import listening
from tests.support.proxy import company_proxy

KEPT = "the token of this test"


async def met(sky: Sky, url: str, network: Network) -> list[str]:
    """Start a client under a sky; gives what is wrong."""
    vault = MemoryVault()
    await vault.store(Profile("profile", url, Secret(KEPT)))
    async with transport.open_http(read_address(url, "test"), network) as http:
        session = Session(ApiClient(http), vault, url)
        outcome = await SignIn(ApiClient(http, session.bearer), session).resume()
    wrong: list[str] = []
    if sentence(outcome) != text(sky.sentence):
        wrong.append(f"says {outcome.code} {getattr(outcome, 'obstacle', '')}")
    kept = await vault.load(url)
    if kept is None or kept.refresh.reveal() != KEPT:
        wrong.append("has no token any more")
    if session.state is SessionState.ENDED or session.bearer.profile is None:
        wrong.append("ended the session")
    if (getattr(outcome, "retry_after", None) or 0) > 300:
        wrong.append("believed in a pause that never ends")
    return wrong


@asynccontextmanager
async def speaking(sky: Sky, context: SSLContext | None) -> AsyncIterator[int]:
    """Serve what a sky says, on a random port of this machine."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readuntil(b"\n")
        path = [*first.split(b" "), b""][1].decode("latin-1")
        table = sky.said if isinstance(sky.said, dict) else {"*": sky.said}
        writer.write(table.get(path, table["*"]))
        await writer.drain()

    async with listening(serve, context) as port:
        yield port


async def _closed_port() -> int:
    async with speaking(Sky(""), None) as port:
        return port


async def under(sky: Sky, authority: Made, folder: Path) -> list[str]:
    """Put up one sky and meet it."""
    network = Network(authorities=pem_of(authority.certificate).decode())
    if sky.proxy:
        return await _behind(sky, network)
    made = KINDS[sky.tls](authority) if sky.tls in KINDS else None
    async with speaking(sky, made.context(folder) if made is not None else None) as port:
        where = await _closed_port() if sky.tls == "closed" else port
        return await met(sky, f"{'https' if sky.tls else 'http'}://127.0.0.1:{where}", network)


async def _behind(sky: Sky, network: Network) -> list[str]:
    async with AsyncExitStack() as stack:
        closed = await _closed_port()
        choice = ProxyChoice(f"http://127.0.0.1:{closed}")
        if sky.proxy in ("script", "socks"):
            choice = ProxyChoice(script=sky.proxy == "script", unusable=sky.proxy == "socks")
        elif sky.proxy != "closed":
            header = f"Proxy-Authenticate: {sky.asks}" if sky.asks else ""
            proxy = await stack.enter_async_context(company_proxy(0, refuses=sky.proxy, headers=header))
            choice = ProxyChoice(proxy.url)
        stack.enter_context(patch.object(transport, "proxy_for", lambda *_: choice))
        return await met(sky, f"https://127.0.0.1:{closed}", network)


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Meet them all; with ``planted`` nobody notices that somebody else answers."""
    findings, authority = list[str](), root()
    foreign = (lambda _response: False) if planted else failures.is_foreign
    with (
        tempfile.TemporaryDirectory() as place,
        patch.object(failures, "is_foreign", foreign),
        patch("leaddesk.api.client.is_foreign", foreign),
    ):
        for name, sky in SKIES.items():
            findings += [f"{name}: {wrong}" for wrong in await under(sky, authority, Path(place))]
    return Figure("weather: {found} of {looked} without the right sentence", len(SKIES), tuple(findings), 30)
