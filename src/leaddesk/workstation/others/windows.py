"""What Windows tells a window of its session and of sleep. Written after the documents; not run there yet.

Sources: Microsoft Learn, ``WTSRegisterSessionNotification`` (wtsapi32), ``WM_WTSSESSION_CHANGE``,
``WM_POWERBROADCAST``. Windows waits some seconds for the answer to a suspend message: what the window does
before it returns is done before sleep, so that there is nothing to hold.
"""

from __future__ import annotations

import sys
from typing import Any, Protocol

from leaddesk.workstation.signs import Sign

WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
_THIS_SESSION = 0
_SIGNS: dict[tuple[int, int], Sign] = {
    (WM_WTSSESSION_CHANGE, 0x2): Sign.SWITCHED,  # WTS_CONSOLE_DISCONNECT
    (WM_WTSSESSION_CHANGE, 0x4): Sign.SWITCHED,  # WTS_REMOTE_DISCONNECT
    (WM_WTSSESSION_CHANGE, 0x6): Sign.SWITCHED,  # WTS_SESSION_LOGOFF
    (WM_WTSSESSION_CHANGE, 0x7): Sign.DESKTOP,  # WTS_SESSION_LOCK
    (WM_POWERBROADCAST, 0x4): Sign.SLEEP,  # PBT_APMSUSPEND
    (WM_POWERBROADCAST, 0x7): Sign.AWAKE,  # PBT_APMRESUMESUSPEND
    (WM_POWERBROADCAST, 0x12): Sign.AWAKE,  # PBT_APMRESUMEAUTOMATIC
}


class Registering(Protocol):
    """The part of wtsapi32 that is used."""

    def WTSRegisterSessionNotification(self, window: int, flags: int) -> int: ...


def sign_of(message: int, parameter: int) -> Sign | None:
    """Read a window message by its number and ``wParam``."""
    return _SIGNS.get((message, parameter))


def listen(window: int, library: Registering | None = None) -> bool:
    """Have Windows tell a window of its session; tell whether it will. Sleep is told to every window."""
    library = library or _wtsapi()
    return library is not None and bool(library.WTSRegisterSessionNotification(window, _THIS_SESSION))


def _wtsapi() -> Any:
    if sys.platform != "win32":
        return None
    import ctypes

    found = ctypes.WinDLL("wtsapi32")
    found.WTSRegisterSessionNotification.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    return found
