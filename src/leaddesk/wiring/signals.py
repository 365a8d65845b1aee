"""What is watched over, and who tells of this desktop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from leaddesk.session.state import SessionState
from leaddesk.ui.shell.lock.lock_watch import Guarded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leaddesk.desk.seats.seats import Seats
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.shell.seating import Seating
    from leaddesk.workstation.bus.listening import Listening
    from leaddesk.workstation.signs import Hear
    from leaddesk.workstation.waits import OwnWait, Wait

ON_BUSES = sys.platform not in ("win32", "darwin")
if ON_BUSES:
    import leaddesk.workstation.bus.listening  # noqa: F401 - imported while nobody waits, used when asked


def over(seats: Seats, seating: Seating, own: OwnWait) -> Guarded:
    """Return what is to be watched over while somebody is signed in at any seat: the strictest counts."""

    def wait() -> Wait | None:
        signed_in = [seat.desk.rules for seat in seats.all if seat.state is SessionState.SIGNED_IN]
        if not signed_in:
            return None
        return own.wait(min(rules.policy.value.idle_minutes for rules in signed_in))

    return Guarded(wait, seating.lock)


def listening(hear: Hear) -> Listening | None:
    """Return who listens to the desktop's buses; elsewhere the windows themselves are told."""
    if not ON_BUSES:
        return None
    from leaddesk.workstation.bus.listening import Listening

    return Listening(hear)


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
