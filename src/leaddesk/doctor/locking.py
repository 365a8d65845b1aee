"""Who tells windows here to lock: tried on the buses; nothing stays subscribed to, nothing is held."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from leaddesk.doctor.looking import Finding

if TYPE_CHECKING:
    from leaddesk.workstation.bus.asking import Heard

NAME = "screen lock signals"
WITH_DESKTOP, AT_SWITCH, BEFORE_SLEEP = "lock with the desktop", "lock at a switch", "lock before sleep"
SECONDS = 2.0
"""As long as a page waits for buses that do not answer."""
_OWN_WAIT = "leaddesk locks by its own wait"
_MISSING = {
    WITH_DESKTOP: "together with the desktop",
    AT_SWITCH: "when another person takes over",
    BEFORE_SLEEP: "before sleep",
}


async def signals() -> list[Finding]:
    """Look for each of the three signs by itself; what does not answer in time tells of nothing."""
    if sys.platform in ("win32", "darwin"):
        return [Finding(name, "told to the window by the system") for name in _MISSING]
    return _findings(await _heard())


def lock_signals() -> Finding:
    """Say in one line who is there, and of what nobody tells."""
    if sys.platform in ("win32", "darwin"):
        return Finding(NAME, "told to the window by the system")
    from leaddesk.workstation.signs import Teller

    heard = asyncio.run(_heard())
    says = ", ".join(f"{one} {'yes' if one in heard.tellers else 'no'}" for one in Teller)
    missing = [_MISSING[one.name] for one in _findings(heard) if one.cannot]
    cannot = f"a lock {' and '.join(missing)}: nobody here tells of it; {_OWN_WAIT}" if missing else ""
    return Finding(NAME, says, cannot)


async def _heard() -> Heard:
    from leaddesk.workstation.bus.asking import Heard, look_round

    try:
        async with asyncio.timeout(SECONDS):
            return await look_round()
    except TimeoutError:
        return Heard()


def _findings(heard: Heard) -> list[Finding]:
    told = {
        WITH_DESKTOP: heard.session or any(teller != "logind" for teller in heard.tellers),
        AT_SWITCH: heard.session,
        BEFORE_SLEEP: heard.holds,
    }
    return [
        Finding(name, "told", "") if there else Finding(name, "told by nobody", f"a lock {_MISSING[name]}")
        for name, there in told.items()
    ]
