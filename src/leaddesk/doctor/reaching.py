"""Whether this workstation comes through to its server: kept sign-ins, proxy, certificate, clock.

The server is asked what it offers, as a start does; nobody is signed in, and no address, name or password of
a proxy is told (guarantee A8).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from leaddesk.doctor.looking import KEYRING_SECONDS, Finding
from leaddesk.session.blocking import Blocking, TooSlow
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_backends import would_prompt
from leaddesk.settings.address import SettingsError
from leaddesk.settings.managed.gate import managed_settings
from leaddesk.settings.proxies.choice import Network
from leaddesk.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from leaddesk.api.errors import ApiError

SERVER_SECONDS = 5.0
_SKEW_SECONDS = 120
_CONNECTION = "a connection to the server"
_OBSTACLES = {
    "portal": "somebody else answers in its place: a guest network wants a sign-in in the browser first",
    "clock": "by the clock of this computer its certificate is not valid",
    "proxy-sign-in": "the proxy asks for a name and a password",
    "proxy-ticket": "the proxy asks for Kerberos or NTLM, which leaddesk does not speak",
    "proxy-refused": "the proxy does not allow it",
    "proxy-down": "the proxy cannot be reached",
    "proxy-kind": "the proxy is of a kind leaddesk does not speak",
    "proxy-script": "the proxy is named by a script, which leaddesk does not run",
}


async def reach(environment: Mapping[str, str]) -> list[Finding]:
    """Look at what lies between here and a signed-in window."""
    found = managed_settings()
    network = Network()
    if found is not None:
        network = Network(found.managed.proxy, found.managed.exempt, found.authorities)
    try:
        settings = read_settings((), environment, found)
    except SettingsError:
        settings = None
    return [await _entries(), *await _server(settings, network)]


async def _entries() -> Finding:
    """Count kept sign-ins, without a prompt; the name of none is told."""

    def count() -> int | None:
        book = KeyringBook()
        return None if would_prompt(book.open()) else len(book.names())

    try:
        kept = await Blocking(_nothing, _nothing).call(count, KEYRING_SECONDS)
    except TooSlow:
        return Finding("kept sign-ins", f"not known: no answer within {KEYRING_SECONDS:.0f} s")
    except Exception as failure:
        return Finding("kept sign-ins", f"none can be kept ({type(failure).__name__})")
    return Finding("kept sign-ins", "not known: the keyring is locked" if kept is None else str(kept))


async def _server(settings: Settings | None, network: Network) -> list[Finding]:
    if settings is None:
        return [Finding("server", "its address in settings or environment is wrong", _CONNECTION)]
    from leaddesk.api.transport import proxy_for

    choice = proxy_for(settings.server, network)
    says = "none" if choice.url is None else f"by the {choice.source}"
    if choice.unusable:
        says = f"by the {choice.source}, of a kind leaddesk does not speak"
    elif choice.script:
        says = "the operating system names a script, which leaddesk does not run"
    return [Finding("proxy", says), *await _asked(settings, network)]


async def _asked(settings: Settings, network: Network) -> list[Finding]:
    from leaddesk.api.call import Call, Limits
    from leaddesk.api.client import ApiClient
    from leaddesk.api.errors import ApiError, Refused
    from leaddesk.api.transport import open_http

    call = Call("GET", "/.well-known/leaddesk", limits=Limits(SERVER_SECONDS, 1 << 16))
    async with open_http(settings.server, network) as http:
        try:
            answer = await ApiClient(http).ask(call)
        except Refused as refused:
            core = refused.status == 404
            return [
                Finding("server", "answers, without what leaddesk adds" if core else "answers and refuses")
            ]
        except ApiError as error:
            return [_unreachable(error)]
    return [Finding("server", "answers"), *_clock(answer.headers.get("date"))]


def _unreachable(error: ApiError) -> Finding:
    says = _OBSTACLES.get(error.obstacle or "", f"no answer ({type(error).__name__})")
    return Finding("server", says, _CONNECTION)


def _clock(date: str | None) -> list[Finding]:
    """Compare with the server\'s clock, as far as a second matters: renewals count on neither."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return []
    apart = round((datetime.now(UTC) - there).total_seconds())
    if abs(apart) <= _SKEW_SECONDS:
        return [Finding("clock", "as the server's")]
    says = f"{abs(apart)} s {'ahead of' if apart > 0 else 'behind'} the server"
    return [Finding("clock", says, "right times in lists: set date and time of this computer")]


def _nothing() -> None:
    return None


def reaching(environment: Mapping[str, str]) -> list[Finding]:
    """Look now."""
    return asyncio.run(reach(environment))
