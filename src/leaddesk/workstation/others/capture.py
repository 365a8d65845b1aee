"""Keeps windows out of screenshots and recordings, where the system can (guarantee C5).

Windows alone can: ``SetWindowDisplayAffinity`` (Microsoft Learn). macOS ignores the wish since version 15,
X11 and Wayland know none. Written after the documentation; not run there yet.
"""

from __future__ import annotations

import sys
from typing import Any, Protocol

_EXCLUDE, _BLACK = 0x11, 0x01
"""WDA_EXCLUDEFROMCAPTURE from Windows 10 2004 on; WDA_MONITOR shows a black window on older ones."""


class Affinity(Protocol):
    """The part of user32 that is used."""

    def SetWindowDisplayAffinity(self, window: int, affinity: int) -> int: ...


def can_exclude() -> bool:
    """Tell whether this system keeps windows out of captures at all."""
    return sys.platform == "win32"


def exclude(window: int, library: Affinity | None = None) -> bool:
    """Keep a window out of captures, from its handle; tell whether the system does it."""
    library = library or _user32()
    if library is None:
        return False
    return any(library.SetWindowDisplayAffinity(window, wish) for wish in (_EXCLUDE, _BLACK))


def _user32() -> Any:
    if sys.platform != "win32":
        return None
    import ctypes

    found = ctypes.WinDLL("user32")
    found.SetWindowDisplayAffinity.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    return found
