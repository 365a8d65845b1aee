"""Who tells windows here to lock: looked up on the buses; nothing is subscribed to, nothing held."""

from __future__ import annotations

import asyncio
import sys

from leaddesk.doctor.looking import Finding

NAME = "screen lock signals"
_OWN_WAIT = "leaddesk locks by its own wait"


def lock_signals() -> Finding:
    """Ask both buses who is there."""
    if sys.platform in ("win32", "darwin"):
        return Finding(NAME, "told to the window by the system")
    from leaddesk.workstation.bus.listening import tellers
    from leaddesk.workstation.signs import Teller

    found = asyncio.run(tellers())
    says = ", ".join(f"{one} {'yes' if one in found else 'no'}" for one in Teller)
    if Teller.LOGIND in found:
        return Finding(NAME, says)
    missing = "before sleep" if found else "together with the desktop and before sleep"
    return Finding(NAME, says, f"a lock {missing}: nobody here tells of it; {_OWN_WAIT}")
