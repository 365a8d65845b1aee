"""What the package's own sandbox holds on Windows and macOS, asked at run time (guarantee A3).

On Linux the program restricts itself and nothing here is asked. Elsewhere the system confines what an
installer marked: macOS by entitlements, Windows by an AppContainer or an integrity level below medium. None
of them forbids every write: they leave a place of the package's own. Not run on either system yet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum

_CONTAINER = "APP_SANDBOX_CONTAINER_ID"
"""Set by macOS in every process of the App Sandbox; who sets it by hand deceives themselves only."""
_QUERY = 0x0008
_IS_APP_CONTAINER, _INTEGRITY = 29, 25
_LOW = 0x1000
"""``SECURITY_MANDATORY_LOW_RID``; the usual level is 0x2000."""


class Confined(StrEnum):
    """By what this process is confined."""

    NOTHING = "nothing"
    APP_SANDBOX = "app-sandbox"
    APP_CONTAINER = "app-container"
    LOW_INTEGRITY = "low-integrity"


Token = Callable[[int], int | None]
"""Answers a question (``TOKEN_INFORMATION_CLASS``) about this process' token; None: no answer."""


def confined(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ, token: Token | None = None
) -> Confined:
    """Tell what confines this process; ``NOTHING`` where nobody can tell."""
    if platform == "darwin":
        return Confined.APP_SANDBOX if environment.get(_CONTAINER) else Confined.NOTHING
    if platform != "win32":
        return Confined.NOTHING
    ask = token or _token
    if ask(_IS_APP_CONTAINER):
        return Confined.APP_CONTAINER
    level = ask(_INTEGRITY)
    return Confined.LOW_INTEGRITY if level is not None and level <= _LOW else Confined.NOTHING


def _token(question: int) -> int | None:
    """Ask Windows. Source: ``GetTokenInformation``, ``TOKEN_MANDATORY_LABEL`` (winnt.h)."""
    import ctypes

    system = getattr(ctypes, "windll", None)
    if system is None:
        return None
    handle, size = ctypes.c_void_p(), ctypes.c_ulong()
    whole = ctypes.create_string_buffer(128)
    process = ctypes.c_void_p(-1)
    if not system.advapi32.OpenProcessToken(process, _QUERY, ctypes.byref(handle)):
        return None
    try:
        told = system.advapi32.GetTokenInformation(handle, question, whole, len(whole), ctypes.byref(size))
    finally:
        system.kernel32.CloseHandle(handle)
    if not told:
        return None
    return _last_part(whole.raw) if question == _INTEGRITY else int.from_bytes(whole.raw[:4], "little")


def _last_part(label: bytes) -> int | None:
    """Return the last number of the SID that a label points to; it lies in the same buffer, behind it."""
    import ctypes

    head = ctypes.sizeof(ctypes.c_void_p) * 2
    parts = label[head + 1]
    at = head + 8 + 4 * (parts - 1)
    return int.from_bytes(label[at : at + 4], "little") if 0 < parts <= 15 else None
