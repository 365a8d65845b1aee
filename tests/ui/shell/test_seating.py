"""Several sign-ins in one window: one is shown, all are locked, none leaves anything in another's window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu

from leaddesk.desk.sending.drafts import Draft
from leaddesk.session.state import SessionState
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.leaving.stayed_dialog import StayedDialog
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.opening.starting_page import StartingPage
from leaddesk.ui.shell.place.place import PlaceButton
from leaddesk.ui.shell.state import LockCause, Locking, Memory
from leaddesk.ui.signin.server_line import ServerLine
from leaddesk.ui.signin.servers import Servers
from leaddesk.ui.signin.sign_in_page import SignInPage
from tests.stories.stage import Stage
from tests.support.company import Company
from tests.support.pretended import Answer, named
from tests.support.room import carried

WAGNER = Instance("Live")
BRAND = Instance("Nordwärme Partner", InstanceKind.BRAND)


@pytest.fixture
async def company(stage: Stage) -> AsyncIterator[Company]:
    made = Company(stage.style, WAGNER)
    yield made
    made.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - any state of any desk
            await asyncio.sleep(0)


async def two(company: Company) -> tuple[Any, Any]:
    """Wagner in front, Petersen behind; both signed in."""
    first = company.seats.front
    company.seating.start()
    await until(lambda: first.desk.calls == ["run"])
    second = company.sit(BRAND)
    second.desk.sign_in.person = named("Jörg Kruse", "Petersen Wärme KG")
    await until(lambda: second.desk.calls == ["run"])
    return first, second


async def test_a_seat_behind_works_and_shows_nothing(company: Company) -> None:
    _, second = await two(company)
    assert second.desk.calls == ["run"]
    text = carried(company.window)
    assert "Heiztechnik Wagner AG" in text and "Petersen" not in text


async def test_alt_and_a_number_shows_another_seat_with_its_own_paint_and_title(company: Company) -> None:
    first, second = await two(company)
    company.window.show()
    company.window.activateWindow()
    QTest.qWaitForWindowActive(company.window)
    QTest.keyClick(company.window.windowHandle(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    await until(lambda: company.seats.front is second)
    text = carried(company.window)
    assert "Petersen Wärme KG" in text and "Heiztechnik Wagner AG" not in text
    assert company.window.windowTitle() == "leaddesk – Nordwärme Partner"
    QTest.keyClick(company.window.windowHandle(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await until(lambda: company.seats.front is first)
    assert company.window.windowTitle() == "leaddesk – Live"
    assert (first.desk.calls, second.desk.calls) == (["run"], ["run"]), "nothing was loaded anew"


async def test_coming_back_one_finds_what_one_left(company: Company) -> None:
    await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    page.top.search.setText("meyer")
    company.seating.show(1)
    other = company.window.page()
    assert isinstance(other, Workplace) and other.top.search.text() == ""
    company.seating.show(0)
    again = company.window.page()
    assert isinstance(again, Workplace) and again.top.search.text() == "meyer"


async def test_one_lock_locks_all(company: Company) -> None:
    first, second = await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    page.top.lock_requested.emit()
    await until(lambda: "finish-lock" in second.desk.calls)
    assert isinstance(company.window.page(), LockPage)
    states = [seat.desk.sign_in.state.value for seat in (first, second)]
    assert states == [SessionState.LOCKED, SessionState.LOCKED]
    company.seating.show(1)
    page = company.window.page()
    assert isinstance(page, LockPage)
    assert "Petersen Wärme KG" in carried(page) and "Wagner" not in carried(page)


async def test_without_a_keyring_a_lock_by_hand_asks_what_it_costs_and_any_other_does_not(
    company: Company,
) -> None:
    first, second = await two(company)
    first.desk.loses = second.desk.loses = 1
    company.seating.lock()
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and dialog.primary is not None
    said = carried(dialog)
    assert text("shell.unsent_changes", n=2) in said and text("shell.lock_loses") in said
    assert "Notiz" not in said, "nothing is said of what there is not"
    dialog.dismiss()
    assert isinstance(company.window.page(), Workplace) and first.desk.given_up == 0
    company.seating.lock()
    dialog = [one for one in company.window.findChildren(OverlayDialog) if one is not dialog][-1]
    assert dialog.primary is not None
    dialog.primary.click()
    assert isinstance(company.window.page(), LockPage)
    assert (first.desk.given_up, second.desk.given_up) == (1, 1)


async def test_the_desktops_lock_asks_nobody_and_gives_nothing_up(company: Company) -> None:
    first, _ = await two(company)
    first.desk.loses = 1
    company.seating.lock(Locking(LockCause.DESKTOP))
    assert isinstance(company.window.page(), LockPage) and first.desk.given_up == 0


async def test_the_lock_page_says_what_has_become_of_the_memory(company: Company) -> None:
    await two(company)
    company.seating.lock()
    page = company.window.page()
    assert isinstance(page, LockPage) and text("lock.memory_freed") in carried(page)
    for memory in Memory:
        company.seating.front.say_memory(memory)
        assert text(f"lock.memory_{memory.value}") in carried(page)


async def test_the_menu_names_every_seat_and_the_way_to_another(company: Company) -> None:
    await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    button = page.findChild(PlaceButton)
    assert button is not None
    button.click()
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    entries = [action.text() for action in menu.actions() if action.text()]
    assert entries[0].startswith("Heiztechnik Wagner AG · Live (5)") and entries[0].endswith("Alt 1")
    assert entries[1].startswith("Petersen Wärme KG · Nordwärme Partner") and entries[1].endswith("Alt 2")
    assert entries[2:] == ["Bei einem weiteren anmelden …", "Überall hier abmelden"]
    menu.actions()[1].trigger()
    menu.close()
    await until(lambda: company.seats.front is company.seats.all[1])


async def test_signing_in_to_another_opens_an_empty_door_and_touches_nobody(company: Company) -> None:
    first, _ = await two(company)
    company.next = [Answer("session-over")]
    company.seating.sign_in_elsewhere()
    await until(lambda: isinstance(company.window.page(), SignInPage))
    assert len(company.seats.all) == 3
    assert first.desk.sign_in.state.value is SessionState.SIGNED_IN
    page = company.window.page()
    back = [button for button in page.findChildren(QAbstractButton) if "Wagner" in button.text()]
    assert [button.text() for button in back] == ["Zurück zu Heiztechnik Wagner AG"]
    back[0].click()
    await until(lambda: isinstance(company.window.page(), Workplace) and len(company.seats.all) == 2)


async def test_signing_out_shows_the_next_and_forgets_the_seat(company: Company) -> None:
    first, second = await two(company)
    await first.desk.sign_in.sign_out()
    await until(lambda: company.seats.all == (second,))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert isinstance(company.window.page(), Workplace)
    assert "Wagner" not in carried(company.window)
    assert first.left


async def test_signing_out_of_all_asks_once_for_what_is_unsent_anywhere(company: Company) -> None:
    _, second = await two(company)
    second.desk.outbox.kept = [object()]
    company.seating.sign_out_all()
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and dialog.primary is not None
    second.desk.outbox.kept = []
    dialog.primary.click()
    await until(lambda: len(company.seats.all) == 1)
    await until(lambda: isinstance(company.window.page(), SignInPage))


async def test_the_window_stays_open_while_changes_wait_behind(company: Company) -> None:
    _, second = await two(company)
    closed: list[bool] = []
    company.window.close_requested.connect(lambda: closed.append(True))
    second.desk.outbox.kept = [object()]
    assert not company.window.close()
    second.desk.outbox.kept = []
    assert company.window.close()
    assert closed == [True]


async def test_begun_notes_behind_are_counted_before_the_window_closes(company: Company) -> None:
    first, second = await two(company)
    closed: list[bool] = []
    company.window.close_requested.connect(lambda: closed.append(True))
    for desk, lead in ((first.desk, "a"), (second.desk, "a"), (second.desk, "b")):
        desk.drafts.put(lead, Draft("Ruft um 3 an"))
    second.desk.drafts.sealed = 1
    assert not company.window.close() and closed == []
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and dialog.primary is not None
    said = carried(dialog)
    assert text("shell.unsent_begun", n=4) in said and text("shell.quit_loses") in said
    assert "Änderung" not in said and "Ruft" not in said
    dialog.dismiss()
    for desk in (first.desk, second.desk):
        desk.drafts.discard()
    assert company.window.close() and closed == [True]


async def test_signing_out_of_all_asks_for_begun_notes_too(company: Company) -> None:
    _, second = await two(company)
    second.desk.drafts.put("a", Draft("Ruft um 3 an"))
    company.seating.sign_out_all()
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and len(company.seats.all) == 2
    assert text("shell.unsent_begun", n=1) in carried(dialog) and text("shell.sign_out_loses") in carried(
        dialog
    )


async def test_without_a_keyring_begun_notes_alone_are_asked_about_before_a_lock(company: Company) -> None:
    first, second = await two(company)
    first.desk.loses_begun, second.desk.loses_begun, second.desk.loses = 1, 1, 1
    company.seating.lock()
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and isinstance(company.window.page(), Workplace)
    said = carried(dialog)
    assert text("shell.unsent_changes", n=1) in said and text("shell.unsent_begun", n=2) in said


async def test_a_seat_that_is_still_asking_shows_so(company: Company) -> None:
    await two(company)
    company.next = [Answer("slow")]
    third = company.sit(BRAND)
    company.seats.show(third)
    assert isinstance(company.window.page(), StartingPage)
    third.desk.sign_in.let_go.set()
    await until(lambda: isinstance(company.window.page(), Workplace))


async def test_a_session_that_ended_behind_is_said_when_one_comes(company: Company) -> None:
    _, second = await two(company)
    second.desk.sign_in.me = None
    second.desk.sign_in.state.set(SessionState.ENDED)
    assert isinstance(company.window.page(), Workplace)
    company.seating.show(1)
    page = company.window.page()
    assert isinstance(page, SignInPage)
    assert any("Sitzung ist zu Ende" in label.text() for label in page.findChildren(QLabel))


async def door(company: Company, servers: Servers) -> SignInPage:
    """Nobody is signed in, and there is a choice."""
    company.servers = servers
    company.seats.front.desk.sign_in.answers = [Answer("session-over")]  # type: ignore[attr-defined]
    company.seating.start()
    await until(lambda: isinstance(company.window.page(), SignInPage))
    page = company.window.page()
    assert isinstance(page, SignInPage)
    return page


NORD = "https://leads.nord.example"
LISTED = Servers((("Wagner", "https://leads.wagner.example"), ("Solar Nord", NORD)))


async def test_another_listed_server_takes_the_place_and_what_was_typed_goes_along(company: Company) -> None:
    page = await door(company, LISTED)
    company.next = [Answer("session-over")]
    email, password = page.findChildren(QLineEdit)[:2]
    email.setText("imke@nord.example")
    password.setText("half a passwo")
    page.findChild(ServerLine)._plate.click()  # type: ignore[union-attr]
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    assert [action.text() for action in menu.actions()][1] == f"Solar Nord · {NORD}"
    menu.actions()[1].trigger()
    menu.close()
    await until(lambda: company.seats.front.address == NORD)
    await until(lambda: isinstance(company.window.page(), SignInPage) and company.window.page() is not page)
    assert len(company.seats.all) == 1
    fields = company.window.page().findChildren(QLineEdit)
    assert [field.text() for field in fields[:2]] == ["imke@nord.example", ""]
    assert company.window.windowTitle() == "leaddesk – leads.nord.example"


async def test_an_e_mail_address_chooses_its_server(company: Company) -> None:
    page = await door(
        company, replace(LISTED, of=lambda email: NORD if email.endswith("nord.example") else None)
    )
    email = page.findChildren(QLineEdit)[0]
    email.setText("maren@wagner.example")
    email.editingFinished.emit()
    assert company.seats.front.address != NORD
    company.next = [Answer("session-over")]
    email.setText("imke@nord.example")
    email.editingFinished.emit()
    await until(lambda: company.seats.front.address == NORD)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("http://leads.nord.example", "Nur https"),
        ("https://leads.nord.example/login", "Nur Name und Port"),
        ("https://imke:geheim@leads.nord.example", "kein Benutzer"),
        ("javascript:alert(1)", "keine Adresse"),
        ("", "keine Adresse"),
        ("x" * 10_000, "keine Adresse"),
    ],
)
async def test_a_typed_address_is_checked_before_anything_is_sent(
    company: Company, typed: str, said: str
) -> None:
    page = await door(company, Servers(typed=True))
    line = page.findChild(ServerLine)
    assert line is not None
    line._ask_address()
    field = line._address
    assert field is not None
    field.set_value(typed)
    field.submitted.emit()
    assert company.seats.front.address == "https://leads.wagner.example"
    assert any(said in label.text() for label in line.findChildren(QLabel))


async def test_a_name_alone_is_an_https_address(company: Company) -> None:
    page = await door(company, Servers(typed=True))
    company.next = [Answer("session-over")]
    line = page.findChild(ServerLine)
    assert line is not None
    line._ask_address()
    assert line._address is not None
    line._address.set_value(" leads.nord.example ")
    line._address.submitted.emit()
    await until(lambda: company.seats.front.address == NORD)


async def test_without_a_choice_the_server_is_only_read(company: Company) -> None:
    page = await door(company, Servers((("Wagner", "https://leads.wagner.example"),)))
    line = page.findChild(ServerLine)
    assert line is not None
    assert line._plate.focusPolicy() is Qt.FocusPolicy.NoFocus


async def test_managed_settings_that_do_not_count_are_said(company: Company) -> None:
    page = await door(company, Servers(unclear=True))
    assert any("Vorgaben Ihrer IT" in label.text() for label in page.findChildren(QLabel))


async def test_who_was_here_signs_in_here_again(company: Company) -> None:
    """Unsent changes belong to this person at this server."""
    company.servers = LISTED
    first, _ = await two(company)
    first.desk.sign_in.state.set(SessionState.ENDED)
    page = company.window.page()
    line = page.findChild(ServerLine)
    assert line is not None and line._plate.focusPolicy() is Qt.FocusPolicy.NoFocus


async def test_a_window_that_leaves_something_in_the_keyring_says_so_before_it_closes(
    company: Company,
) -> None:
    desk, closed = company.seats.front.desk, list[bool]()
    company.window.close_requested.connect(lambda: closed.append(True))
    company.window.show()
    desk.owes = ("p-1", "p-2")  # type: ignore[attr-defined]
    company.window.close()
    await until(lambda: company.window.findChild(StayedDialog))
    dialog = company.window.findChild(StayedDialog)
    assert desk.calls == ["forget"], "it was not tried once more"
    assert text("shell.stayed_sentence", n=2) in carried(dialog) and not closed
    press(dialog, "shell.stayed_stay")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not closed and company.window.isVisible()
    company.window.close()
    await until(lambda: company.window.findChild(StayedDialog))
    press(company.window.findChild(StayedDialog), "shell.stayed_leave")
    assert closed == [True]


async def test_a_keyring_that_forgets_at_the_last_moment_asks_nobody(company: Company) -> None:
    desk, closed = company.seats.front.desk, list[bool]()
    company.window.close_requested.connect(lambda: closed.append(True))
    company.window.show()
    desk.owes, desk.forgets = ("p-1",), True  # type: ignore[attr-defined]
    company.window.close()
    await until(lambda: closed)
    assert company.window.findChild(StayedDialog) is None


def press(dialog: Any, key: str) -> None:
    (button,) = (one for one in dialog.findChildren(Button) if one.shown_text() == text(key))
    button.click()
