"""What is watched over, and who tells of this desktop."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.session.state import SessionState
from leaddesk.ui.shell.lock.lock_watch import Guarded
from leaddesk.ui.shell.state import Locking

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leaddesk.desk.seats.seats import Seats
    from leaddesk.desk.sending.drafts import Unsent
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.workstation.bus.listening import Listening
    from leaddesk.workstation.signs import Hear
    from leaddesk.workstation.waits import OwnWait, Wait

ON_BUSES = sys.platform not in ("win32", "darwin")
if ON_BUSES:
    import leaddesk.workstation.bus.listening  # noqa: F401 - imported with this module, used when asked


def over(
    seats: Seats, lock: Callable[[Locking], object], would_lose: Callable[[], Unsent], own: OwnWait
) -> Guarded:
    """Return what is to be watched over while somebody is signed in at any seat: the strictest counts."""

    def wait() -> Wait | None:
        signed_in = [seat.desk.rules for seat in seats.all if seat.state is SessionState.SIGNED_IN]
        if not signed_in:
            return None
        found = own.wait(min(rules.policy.value.idle_minutes for rules in signed_in))
        lost = would_lose()
        return replace(found, loses=lost.total, begun=lost.begun)

    return Guarded(wait, lock)


def listening(hear: Hear, settled: Callable[[], Awaitable[object]]) -> Listening | None:
    """Return who listens to the desktop's buses; elsewhere the windows themselves are told.

    ``settled`` is awaited before a sleep goes on.
    """
    if not ON_BUSES:
        return None
    from leaddesk.workstation.bus.listening import Listening

    return Listening(hear, settled=settled)


def hear_natively(app: QApplication, window: MainWindow, hear: Hear) -> object:
    """Have Windows or macOS tell, and Windows keep every window out of captures; keep what is returned."""
    if sys.platform == "darwin":
        from leaddesk.workstation.others.macos import listen

        return listen(hear)
    if sys.platform != "win32":
        return None
    from leaddesk.ui.shell.lock.native import OutOfCaptures, WindowMessages
    from leaddesk.workstation.others.capture import exclude
    from leaddesk.workstation.others.windows import listen as register

    messages, ear = WindowMessages(hear), OutOfCaptures(exclude, window)
    app.installNativeEventFilter(messages)
    app.installEventFilter(ear)
    register(int(window.winId()))
    exclude(int(window.winId()))
    return messages
