"""Own devices and the question who is there, as a person meets them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from leaddesk.contract.accounts import Session
from leaddesk.desk.outcomes import Failure, Offline, Ok, Reason, Refused
from leaddesk.personal.masked import Secret
from leaddesk.ui.account.session_row import SessionRow
from leaddesk.ui.account.sessions_dialog import SessionsDialog
from leaddesk.ui.account.sessions_presenter import SessionsPresenter
from leaddesk.ui.account.step_up_dialog import StepUpDialog
from leaddesk.ui.account.step_up_presenter import StepUpPresenter
from leaddesk.ui.account.step_up_state import Way
from leaddesk.ui.kit.buttons import Button
from tests.stories.registry import NOW
from tests.support.room import Room, labels


def one(name: str, *, current: bool = False) -> Session:
    times = {"began_at": NOW - timedelta(days=3), "used_at": NOW, "ends_at": NOW + timedelta(days=9)}
    facts = {"session_id": name, "device": f"leaddesk, {name}", "is_current": current}
    return Session.model_validate(facts | times)


class Clerk:
    """Keeps sessions and remembers what was ended."""

    def __init__(self) -> None:
        self.kept = [one("Linux", current=True), one("Windows"), one("macOS")]
        self.failure: Failure | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def all(self) -> Ok[tuple[Session, ...]] | Failure:
        return self.failure or Ok(tuple(self.kept))

    async def end(self, session_id: str) -> Ok[None] | Failure:
        await self.gate.wait()
        if self.failure is None:
            self.kept = [kept for kept in self.kept if kept.session_id != session_id]
        return self.failure or Ok(None)

    async def end_others(self) -> Ok[None] | Failure:
        self.kept = self.kept[:1]
        return Ok(None)


class Devices:
    """The open dialog over a clerk."""

    def __init__(self, room: Room) -> None:
        self.room, self.clerk = room, Clerk()
        self.presenter = SessionsPresenter(self.clerk, room.around)  # type: ignore[arg-type]
        room.keep(self.presenter.close)

    @property
    def dialog(self) -> SessionsDialog | None:
        found = [each for each in self.room.window.findChildren(SessionsDialog) if each.isVisible()]
        return found[0] if found else None

    def rows(self) -> list[SessionRow]:
        self.room.settle()
        return [row for row in self.room.window.findChildren(SessionRow) if row.isVisible()]

    def press(self, words: str) -> None:
        found = [each for each in self.room.window.findChildren(Button) if each.isVisible()]
        next(each for each in found if words in (each.text(), each.accessibleName())).click()


async def test_the_devices_are_listed_and_this_one_cannot_be_ended_here(room: Room) -> None:
    devices = Devices(room)
    await room.until(lambda: len(devices.rows()) == 3)
    assert [len(row.findChildren(Button)) for row in devices.rows()] == [0, 1, 1]
    assert "leaddesk, Linux" in labels(devices.rows()[0])


async def test_one_device_is_ended_and_the_list_read_again(room: Room) -> None:
    devices = Devices(room)
    await room.until(lambda: len(devices.rows()) == 3)
    devices.press("leaddesk, Windows abmelden")
    await room.until(lambda: len(devices.rows()) == 2)
    assert room.said() == ["Gerät abgemeldet"]


async def test_all_others_are_ended_after_a_second_yes(room: Room) -> None:
    devices = Devices(room)
    await room.until(lambda: len(devices.rows()) == 3)
    devices.press("Alle anderen abmelden")
    assert len(devices.clerk.kept) == 3
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button) and focus.text() == "Nein", "who works by keyboard is at the question"
    devices.press("Nein")
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button) and focus.text() == "Alle anderen abmelden"
    devices.press("Alle anderen abmelden")
    devices.press("Ja, abmelden")
    await room.until(lambda: len(devices.rows()) == 1)


async def test_a_failure_is_said_where_it_happened_and_tried_again(room: Room) -> None:
    devices = Devices(room)
    devices.clerk.failure = Offline()
    await room.until(lambda: "Keine Verbindung. Es wurde nichts gesendet." in labels(room.window))
    devices.clerk.failure = None
    devices.press("Erneut versuchen")
    await room.until(lambda: len(devices.rows()) == 3)


async def test_escape_closes_and_nothing_works_on(room: Room) -> None:
    devices = Devices(room)
    await room.until(lambda: len(devices.rows()) == 3)
    devices.clerk.gate.clear()
    devices.press("leaddesk, Windows abmelden")
    room.press(Qt.Key.Key_Escape)
    assert devices.dialog is None
    devices.presenter.close()


class Door:
    """A step-up clerk that knows one password."""

    def __init__(self) -> None:
        self.on_wanted = None
        self.offered = ("password", "code")
        self.given_up = 0
        self.shown: list[str] = []

    async def by_password(self, password: Secret) -> Ok[None] | Failure:
        self.shown.append(password.reveal())
        return Ok(None) if password.reveal() == "richtig" else Refused(Reason.SIGN_IN)

    async def by_code(self, code: Secret) -> Ok[None] | Failure:
        self.shown.append(code.reveal())
        return Ok(None)

    def give_up(self) -> None:
        self.given_up += 1


def asked(room: Room) -> tuple[Door, StepUpDialog]:
    door = Door()
    presenter = StepUpPresenter(door, room.around)  # type: ignore[arg-type]
    room.keep(presenter.close)
    assert door.on_wanted is not None
    door.on_wanted()
    return door, room.window.findChildren(StepUpDialog)[0]


def type_in(dialog: StepUpDialog, words: str) -> QLineEdit:
    field = next(each for each in dialog.findChildren(QLineEdit) if each.isVisible())
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)
    return field


async def test_the_question_takes_a_password_and_goes(room: Room) -> None:
    door, dialog = asked(room)
    type_in(dialog, "falsch")
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: "Das Passwort stimmt nicht." in labels(dialog))
    field = type_in(dialog, "richtig")
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: not room.window.findChildren(StepUpDialog))
    assert door.shown == ["falsch", "richtig"]
    del field


async def test_the_question_takes_a_code_instead(room: Room) -> None:
    door, dialog = asked(room)
    dialog.way_changed.emit(Way.CODE)
    type_in(dialog, "123456")
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: not room.window.findChildren(StepUpDialog))
    assert door.shown == ["123456"]


async def test_escape_gives_the_question_up_and_empties_the_field(room: Room) -> None:
    door, dialog = asked(room)
    field = type_in(dialog, "geheim")
    dialog.dismissed.connect(lambda: door.shown.append(field.text()))
    room.press(Qt.Key.Key_Escape)
    assert door.given_up == 1
    assert door.shown == [""]


async def test_the_question_stands_above_a_dialog_that_stays(room: Room) -> None:
    devices = Devices(room)
    await room.until(lambda: len(devices.rows()) == 3)
    _door, question = asked(room)
    assert question.isVisible() and devices.dialog is not None
    room.press(Qt.Key.Key_Escape)
    assert devices.dialog is not None
