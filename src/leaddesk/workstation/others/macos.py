"""What macOS tells programs of the screen and of sleep. Written after the documentation; not run there yet.

Sources: Apple, ``NSDistributedNotificationCenter``; ``NSWorkspace``: ``willSleepNotification``,
``didWakeNotification``, ``sessionDidResignActiveNotification``; "Objective-C Runtime". The names of the
screen are undocumented, but the same since 10.7. All arrive on the main thread's run loop, which Qt runs, and
before sleep macOS waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from leaddesk.workstation.signs import Hear, Sign

SCREEN: dict[str, Sign] = {
    "com.apple.screenIsLocked": Sign.DESKTOP,
    "com.apple.screensaver.didstart": Sign.DESKTOP,
}
"""Names at the distributed centre."""

WORKSPACE: dict[str, Sign] = {
    "NSWorkspaceWillSleepNotification": Sign.SLEEP,
    "NSWorkspaceDidWakeNotification": Sign.AWAKE,
    "NSWorkspaceSessionDidResignActiveNotification": Sign.SWITCHED,
}
"""Names at the workspace's own centre."""


class Centres(Protocol):
    """The two notification centres, as far as they are used."""

    def screen(self, name: str, heard: Callable[[], object]) -> None:
        """Call back at a notification of the distributed centre."""

    def workspace(self, name: str, heard: Callable[[], object]) -> None:
        """Call back at a notification of the workspace's centre."""


def listen(hear: Hear, centres: Centres | None = None) -> Centres | None:
    """Hear of all of them, as long as what is returned is kept; nothing on other systems."""
    centres = centres or (ObjectiveC() if sys.platform == "darwin" else None)
    if centres is not None:
        for name, sign in SCREEN.items():
            centres.screen(name, lambda sign=sign: hear(sign))  # type: ignore[misc]
        for name, sign in WORKSPACE.items():
            centres.workspace(name, lambda sign=sign: hear(sign))  # type: ignore[misc]
    return centres


class ObjectiveC:
    """The centres over the runtime's C functions: one class with one method, one object of it a name."""

    def __init__(self) -> None:
        import ctypes

        self._c = ctypes
        self._runtime = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        for name in ("objc_getClass", "sel_registerName", "objc_allocateClassPair"):
            getattr(self._runtime, name).restype = ctypes.c_void_p
        self._kept: list[Any] = []

    def screen(self, name: str, heard: Callable[[], object]) -> None:
        """Observe at ``[NSDistributedNotificationCenter defaultCenter]``."""
        self._observe(
            self._send(self._class("NSDistributedNotificationCenter"), "defaultCenter"), name, heard
        )

    def workspace(self, name: str, heard: Callable[[], object]) -> None:
        """Observe at ``[[NSWorkspace sharedWorkspace] notificationCenter]``."""
        workspace = self._send(self._class("NSWorkspace"), "sharedWorkspace")
        self._observe(self._send(workspace, "notificationCenter"), name, heard)

    def _observe(self, centre: int, name: str, heard: Callable[[], object]) -> None:
        c, runtime = self._c, self._runtime
        method = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p, c.c_void_p)(lambda *_: heard() and None)
        made = f"LeaddeskEar{len(self._kept)}".encode()
        parent = c.c_void_p(self._class("NSObject"))
        kind = c.c_void_p(runtime.objc_allocateClassPair(parent, made, c.c_size_t(0)))
        runtime.class_addMethod(kind, c.c_void_p(self._name("heard:")), method, b"v@:@")
        runtime.objc_registerClassPair(kind)
        ear = self._send(self._send(kind.value or 0, "alloc"), "init")
        self._kept.append(method)
        wanted = self._send(self._class("NSString"), "stringWithUTF8String:", c.c_char_p(name.encode()))
        self._send(
            centre,
            "addObserver:selector:name:object:",
            *(c.c_void_p(part) for part in (ear, self._name("heard:"), wanted, None)),
        )

    def _class(self, name: str) -> int:
        return int(self._runtime.objc_getClass(name.encode()) or 0)

    def _name(self, selector: str) -> int:
        return int(self._runtime.sel_registerName(selector.encode()) or 0)

    def _send(self, receiver: int, selector: str, *arguments: Any) -> int:
        """Send a message; the function's type has to be that of the method (arm64)."""
        c = self._c
        kinds = [c.c_void_p, c.c_void_p, *(type(one) for one in arguments)]
        send = c.cast(self._runtime.objc_msgSend, c.CFUNCTYPE(c.c_void_p, *kinds))
        return int(send(c.c_void_p(receiver), c.c_void_p(self._name(selector)), *arguments) or 0)
