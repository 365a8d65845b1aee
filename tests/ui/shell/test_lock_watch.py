"""Nobody there, or the desktop locks: the window does, whatever is open, with or without a bus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.lock.countdown import Countdown
from leaddesk.ui.shell.lock.lock_watch import Guarded, LockWatch
from leaddesk.ui.shell.state import LockCause, Locking
from leaddesk.workstation.signs import Sign
from leaddesk.workstation.waits import Wait, WaitBy
from tests.stories.stage import Stage


class Room:
    """A window that is watched over, a clock moved by hand, and what was locked."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.wait: Wait | None = Wait(10)
        self.locked: list[Locking] = []
        self.window = QWidget()
        self.window.resize(900, 600)
        self.window.show()
        self.watch = LockWatch(self.window, Guarded(lambda: self.wait, self._lock), lambda: self.now)

    def _lock(self, locking: Locking) -> None:
        self.locked.append(locking)
        self.wait = None

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self.watch.look()

    @property
    def countdown(self) -> Countdown | None:
        found = [one for one in self.window.findChildren(Countdown) if one.isVisible()]
        return found[0] if found else None

    def press(self, key: Qt.Key) -> None:
        handle = self.window.windowHandle()
        assert handle is not None
        QTest.keyClick(handle, key)

    def move_pointer(self, x: int) -> None:
        handle = self.window.windowHandle()
        assert handle is not None
        place = QPointF(x, 10)
        nothing = Qt.MouseButton.NoButton
        moved = QMouseEvent(
            QEvent.Type.MouseMove, place, place, nothing, nothing, Qt.KeyboardModifier.NoModifier
        )
        QGuiApplication.sendEvent(handle, moved)


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    made = Room()
    yield made
    made.watch.close()
    made.window.close()
    made.window.deleteLater()


def test_after_the_policys_minutes_it_locks(room: Room) -> None:
    room.passes(599)
    assert room.locked == []
    room.passes(1)
    assert room.locked == [Locking(LockCause.IDLE, 10)]


def test_some_seconds_before_a_countdown_comes_and_says_why(room: Room) -> None:
    room.passes(579)
    assert room.countdown is None
    room.passes(3)
    assert room.countdown is not None
    assert room.countdown.accessibleName() == (
        "Sperrt in 18 Sekunden. Eine Taste genügt, um weiterzuarbeiten."
        " Ihr Unternehmen sperrt nach 10 Minuten ohne Eingabe."
    )
    room.wait = Wait(10, WaitBy.PERSON)
    room.passes(17)
    assert "1 Sekunde" in room.countdown.accessibleName()
    assert room.countdown.accessibleName().endswith("Sie lassen nach 10 Minuten ohne Eingabe sperren.")


def test_what_the_lock_would_cost_is_asked_a_minute_before(room: Room) -> None:
    room.wait = Wait(10, loses=3, begun=1)
    room.passes(530)
    assert room.countdown is None
    room.passes(11)
    assert room.countdown is not None
    costs = (text("shell.unsent_changes", n=2), text("shell.unsent_begun", n=1), text("lock.countdown_loses"))
    assert room.countdown.accessibleName().endswith(" ".join(costs))
    room.press(Qt.Key.Key_A)  # the answer: stay
    room.passes(70)
    assert room.locked == []
    room.passes(480)
    room.passes(60)
    assert room.locked == [Locking(LockCause.IDLE, 10, gives_up=True)]


def test_what_nobody_could_read_is_not_given_up(room: Room) -> None:
    """After a sleep the wait is over at once; and what was typed at the last moment was not asked about."""
    room.wait = Wait(10, loses=2)
    room.passes(4000)
    assert room.locked == [Locking(LockCause.IDLE, 10)]
    room.wait = Wait(10, loses=1)
    room.passes(0)
    room.passes(590)
    room.wait = Wait(10, loses=3)
    room.passes(10)
    assert room.locked[1:] == [Locking(LockCause.IDLE, 10)]


def test_any_key_ends_the_countdown_and_does_nothing_else(room: Room) -> None:
    done: list[str] = []
    QShortcut(QKeySequence("A"), room.window).activated.connect(lambda: done.append("approve"))
    room.window.activateWindow()
    QTest.qWaitForWindowActive(room.window)
    room.press(Qt.Key.Key_A)
    assert done == ["approve"]
    room.passes(590)
    assert room.countdown is not None
    room.press(Qt.Key.Key_A)
    assert (room.countdown, done) == (None, ["approve"])
    room.passes(590)
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_A)
    assert (room.locked, done) == ([], ["approve", "approve"])


def test_presses_and_a_moved_pointer_count_a_pointer_at_rest_does_not(room: Room) -> None:
    room.move_pointer(10)
    room.passes(400)
    room.move_pointer(20)
    room.passes(400)
    assert room.locked == []
    room.move_pointer(20)
    room.passes(200)
    assert room.locked == [Locking(LockCause.IDLE, 10)]


def test_a_press_of_the_mouse_counts(room: Room) -> None:
    room.passes(590)
    handle = room.window.windowHandle()
    assert handle is not None
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert room.countdown is None
    room.passes(590)
    assert room.locked == []


def test_the_first_key_after_a_night_locks_instead_of_working(room: Room) -> None:
    done: list[str] = []
    QShortcut(QKeySequence("A"), room.window).activated.connect(lambda: done.append("approve"))
    room.now += 8 * 3600
    room.press(Qt.Key.Key_A)
    assert (room.locked, done) == ([Locking(LockCause.IDLE, 10)], [])


def test_on_waking_it_looks_at_once(room: Room) -> None:
    room.now += 8 * 3600
    room.watch.hear(Sign.AWAKE)
    assert room.locked == [Locking(LockCause.IDLE, 10)]


def test_a_short_sleep_alone_does_not_lock(room: Room) -> None:
    room.now += 30
    room.watch.hear(Sign.AWAKE)
    assert room.locked == []


@pytest.mark.parametrize(
    ("sign", "cause"),
    [
        (Sign.DESKTOP, LockCause.DESKTOP),
        (Sign.SLEEP, LockCause.SLEEP),
        (Sign.SWITCHED, LockCause.SWITCHED),
    ],
)
def test_what_the_desktop_tells_locks_at_once(room: Room, sign: Sign, cause: LockCause) -> None:
    room.watch.hear(sign)
    assert room.locked == [Locking(cause)]


def test_while_nobody_is_signed_in_nothing_is_counted(room: Room) -> None:
    room.wait = None
    room.passes(10_000)
    assert (room.locked, room.countdown) == ([], None)
    room.wait = Wait(10)
    room.passes(10)
    assert (room.locked, room.countdown) == ([], None)


def test_a_stricter_policy_is_obeyed_from_the_last_touch_on(room: Room) -> None:
    room.passes(300)
    room.wait = Wait(5)
    room.passes(0)
    assert room.locked == [Locking(LockCause.IDLE, 5)]


def test_a_window_that_opens_later_is_watched_too(room: Room) -> None:
    other = QWidget()
    other.show()
    room.passes(590)
    handle = other.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_Space)
    room.passes(590)
    assert room.locked == []
    other.close()
    other.deleteLater()
