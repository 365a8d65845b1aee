"""What signing in needs of this machine, each tried: entries, browser, loopback, renewal, authorities.

Nothing is written and nobody is signed in; no path, name or address is told (guarantee A8).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

from leaddesk.doctor.looking import Finding
from leaddesk.guard.links.outside import desktop_opener
from leaddesk.guard.probing import probe
from leaddesk.personal.masked import Secret
from leaddesk.session.browser.callback import HOSTS
from leaddesk.session.keys.key import LONGEST
from leaddesk.session.renewal.neighbours import Handed, Neighbours
from leaddesk.session.tokens import PROFILE_CAP, random_name
from leaddesk.settings.managed.gate import managed_settings

SECONDS = 2.0
PORTAL = "org.freedesktop.portal.Desktop"
_BY_BROWSER = "signing in with the browser"


async def _look(environment: Mapping[str, str]) -> list[Finding]:
    return [
        _entries(),
        _browser(portal=await _has_portal(environment)),
        await _loopback(),
        await _renewal(),
        _authorities(),
    ]


def signing_in(environment: Mapping[str, str]) -> list[Finding]:
    """Look now."""
    return asyncio.run(_look(environment))


def _entries() -> Finding:
    """What is written into a keyring never leaves the machine (B4), and fits everywhere (B3)."""
    where = {
        "win32": "for this machine alone, not roaming",
        "darwin": "for this device alone, not synchronised",
    }.get(sys.platform, "for this keyring alone")
    return Finding("entries", f"{where}; up to {PROFILE_CAP:,} characters each, an API key up to {LONGEST:,}")


def _browser(*, portal: bool) -> Finding:
    """Sign-in pages go the way of links: by the helper that was started before the guard."""
    if sys.platform == "win32":
        return Finding("browser", "opened by the system itself")
    cannot = f"{_BY_BROWSER} by itself: its link can be copied instead"
    if not probe().opener:
        return Finding("browser", "no helper outside the guard", cannot)
    if desktop_opener() is None:
        return Finding("browser", "a helper outside the guard, but no program that opens links", cannot)
    says = "opened by a helper outside the guard"
    if sys.platform == "linux":
        says += ", with a desktop portal" if portal else ", without a desktop portal"
    return Finding("browser", says)


async def _has_portal(environment: Mapping[str, str]) -> bool:
    """Tell whether somebody on the session bus opens links for programs in sandboxes."""
    address = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    if sys.platform != "linux" or not address:
        return False
    from leaddesk.workstation.bus.line import BusLine, NoBus

    found = False
    try:
        with contextlib.closing(BusLine(lambda _message: None)) as line:
            async with asyncio.timeout(SECONDS):
                await line.open(address)
                async with asyncio.TaskGroup() as talking:
                    hearing = talking.create_task(line.run())
                    found = await line.has(PORTAL)
                    hearing.cancel()
    except* (NoBus, OSError, TimeoutError):
        pass
    return found


async def _loopback() -> Finding:
    """Listen and knock, as the end of a browser sign-in does (RFC 8252, 7.3)."""
    found = [host for host in HOSTS if await _answers(host)]
    if not found:
        cannot = f"{_BY_BROWSER}: this computer lets nobody listen on a loopback address"
        return Finding("loopback", "none answers", cannot)
    return Finding("loopback", " and ".join(found) if len(found) > 1 else f"{found[0]} alone")


async def _answers(host: str) -> bool:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"!")
        writer.close()

    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(SECONDS), await asyncio.start_server(answer, host, 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
            heard = await reader.read(1)
            writer.close()
            return heard == b"!"
    return False


async def _renewal() -> Finding:
    """Have two of us agree on one renewal, as two windows with one session do (B6)."""
    alone = Finding("one renewal", "each window renews for itself: no meeting place here")
    first, second, name = Neighbours(), Neighbours(), random_name()

    async def hand(_mark: str) -> Handed:
        return Handed(Secret("a"), 1.0, Secret("r"))

    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                agreed = await first.lead(name, hand) and await second.ask(name, "-") is not None
                return Finding("one renewal", "windows agree over an abstract socket") if agreed else alone
        return alone
    finally:
        first.leave()


def _authorities() -> Finding:
    """Count whom the system trusts, and whom the company added in its managed settings."""
    found = managed_settings()
    pem = found.authorities if found is not None else None
    ours = _counted(pem)
    company = "none of the company" if pem is None else f"{ours} of the company"
    if pem is not None and not ours:
        cannot = "connections that only the company's authorities vouch for: none of theirs could be read"
        return Finding("authorities", company, cannot)
    return Finding("authorities", f"{_trusted()}, {company}")


def _trusted() -> str:
    if sys.platform != "linux":
        return "those of the system"
    paths = ssl.get_default_verify_paths()
    number = 0
    with contextlib.suppress(OSError, ssl.SSLError):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if paths.cafile is not None:
            context.load_verify_locations(paths.cafile)
        number = context.cert_store_stats()["x509_ca"]
    if not number and paths.capath is not None:
        with contextlib.suppress(OSError):
            number = sum(one.suffix[1:].isdigit() for one in Path(paths.capath).iterdir())
    return f"{number} of the system"


def _counted(pem: str | None) -> int:
    if pem is None:
        return 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with contextlib.suppress(ssl.SSLError, ValueError):
        context.load_verify_locations(cadata=pem)
    return context.cert_store_stats()["x509_ca"]
