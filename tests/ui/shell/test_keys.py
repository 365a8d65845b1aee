"""The window by keyboard alone."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.contract.people import TenantPolicy
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.help.keys_dialog import KeysDialog
from leaddesk.ui.shell.help.offered import Sheet
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.outbox.waiting_changes_pane import WaitingChangesPane
from tests.support.pretended import Pretended

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


async def at_work(office: Pretended) -> Workplace:
    office.window.show()
    office.window.activateWindow()
    QTest.qWaitForWindowActive(office.window)
    office.stages.start()
    for _ in range(5):
        await asyncio.sleep(0)
    page = office.window.page()
    assert isinstance(page, Workplace)
    QApplication.processEvents()
    return page


def press(
    office: Pretended, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(office.window, key, modifier)
    QApplication.processEvents()


async def test_slash_and_ctrl_k_lead_to_the_one_search_field(office: Pretended) -> None:
    workplace = await at_work(office)
    press(office, Qt.Key.Key_Slash)
    assert workplace.top.search.hasFocus()
    workplace.top.search.clearFocus()
    press(office, Qt.Key.Key_K, CTRL)
    assert workplace.top.search.hasFocus()


async def test_letters_belong_to_the_search_field_while_it_has_the_focus(office: Pretended) -> None:
    workplace = await at_work(office)
    press(office, Qt.Key.Key_Slash)
    QTest.keyClicks(workplace.top.search, "jns/")
    assert workplace.top.search.text() == "jns/"
    assert office.features.newest("list").calls[-1] == "search jns/"
    assert office.features.newest("list").view.done.count("move 1") == 0


async def test_escape_clears_the_search_and_goes_back_to_the_list(office: Pretended) -> None:
    workplace = await at_work(office)
    workplace.top.search.setFocus()
    workplace.top.search.setText("meyer")
    press(office, Qt.Key.Key_Escape)
    assert workplace.top.search.text() == ""
    assert office.features.newest("list").view.done[-1] == "focus_list"


async def test_j_k_and_alt_arrows_walk(office: Pretended) -> None:
    await at_work(office)
    page = office.features.newest("list")
    page.view.setFocus()
    press(office, Qt.Key.Key_J)
    press(office, Qt.Key.Key_K)
    press(office, Qt.Key.Key_Right, ALT)
    press(office, Qt.Key.Key_Left, ALT)
    assert page.view.done[-2:] == ["move 1", "move -1"]
    assert page.calls[-2:] == ["walk 1", "walk -1"]


async def test_note_step_share_and_delete_do_what_the_open_leads_buttons_do(office: Pretended) -> None:
    await at_work(office)
    press(office, Qt.Key.Key_N)
    assert "detail" not in office.features.built
    office.features.newest("list").view.lead_opened.emit("lead-1")
    for key in (Qt.Key.Key_N, Qt.Key.Key_S, Qt.Key.Key_Delete, Qt.Key.Key_T):
        press(office, key)
    detail = office.features.newest("detail").view
    assert [done for done in detail.done if not done.startswith("place")] == [
        "write_note",
        "change_step",
        "delete",
    ]
    assert len(office.features.built["share"]) == 1


async def test_escape_leaves_the_lead(office: Pretended) -> None:
    workplace = await at_work(office)
    office.features.newest("list").view.lead_opened.emit("lead-1")
    assert workplace.panes.is_open
    press(office, Qt.Key.Key_Escape)
    assert not workplace.panes.is_open


async def test_ctrl_and_a_figure_change_the_page(office: Pretended) -> None:
    await at_work(office)
    press(office, Qt.Key.Key_3, CTRL)
    assert office.features.newest("approvals").view.isVisible()
    press(office, Qt.Key.Key_9, CTRL)
    press(office, Qt.Key.Key_1, CTRL)
    assert office.features.newest("list").view.isVisible()


async def test_f1_shows_the_keys_and_letters_can_be_switched_off(office: Pretended) -> None:
    await at_work(office)
    press(office, Qt.Key.Key_F1)
    dialog = office.window.findChild(OverlayDialog)
    assert dialog is not None
    dialog.letters_switched.emit(False)
    dialog.dismiss()
    press(office, Qt.Key.Key_J)
    assert "move 1" not in office.features.newest("list").view.done
    press(office, Qt.Key.Key_Right, ALT)
    assert office.features.newest("list").calls[-1] == "walk 1"


async def test_no_key_of_the_window_acts_behind_a_dialog_except_lock(office: Pretended) -> None:
    await at_work(office)
    press(office, Qt.Key.Key_F1)
    dialog = office.window.findChild(OverlayDialog)
    assert dialog is not None
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_J)
    assert "move 1" not in office.features.newest("list").view.done
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_L, CTRL)
    assert isinstance(office.window.page(), LockPage)
    await asyncio.sleep(0)


async def test_no_key_acts_on_the_lock_page(office: Pretended) -> None:
    await at_work(office)
    press(office, Qt.Key.Key_L, CTRL)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_N, Qt.Key.Key_Slash):
        press(office, key)
    assert isinstance(office.window.page(), LockPage)
    assert office.window.findChild(OverlayDialog) is None
    await asyncio.sleep(0)


async def test_the_queue_covers_the_lead_and_leaves_it_open(office: Pretended) -> None:
    workplace = await at_work(office)
    office.features.newest("list").view.lead_opened.emit("lead-1")
    workplace.status.waiting_pressed.emit()
    assert workplace.findChild(WaitingChangesPane) is not None
    press(office, Qt.Key.Key_Escape)
    assert workplace.panes.is_open
    assert office.features.newest("detail").view.isVisible()


def test_the_sheet_leads_to_what_this_computer_can_promise(office: Pretended) -> None:
    asked: list[int] = []
    for known in (False, True):
        sheet = KeysDialog(office.window, Sheet(promises=known))
        sheet.promises_requested.connect(lambda: asked.append(1))
        wanted = text("signin.promises_title")
        for button in [each for each in sheet.findChildren(Button) if each.shown_text() == wanted]:
            button.click()
        assert len(asked) == known


def words_of(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(PlainLabel)}


async def test_the_sheet_names_no_key_for_what_is_not_there(office: Pretended) -> None:
    office.desk.rights = {"lead.write", "lead.share", "lead.delete", "share.approve"}
    await at_work(office)
    press(office, Qt.Key.Key_F1)
    some = ("note", "step", "share", "delete", "copy", "accept", "pages", "leaf", "close_file")
    of_key = {text(f"shell.keys_{name}"): name for name in some}
    assert {of_key[word] for word in words_of(sheet(office)) & of_key.keys()} == set(some)
    sheet(office).dismiss()
    office.desk.rights = {"lead.write"}
    office.desk.sign_in.capabilities = {"attachments"}
    office.desk.directory.steps, office.desk.directory.markets = (lambda lead: ()), (lambda: ())
    office.desk.rules.policy.set(TenantPolicy(copying=False))
    office.desk.approvals.changed.publish(None)
    press(office, Qt.Key.Key_F1)
    assert {of_key[word] for word in words_of(sheet(office)) & of_key.keys()} == {
        "note",
        "leaf",
        "close_file",
    }
    assert text("shell.keys_cards") not in words_of(sheet(office))


def sheet(office: Pretended) -> KeysDialog:
    return office.window.findChildren(KeysDialog)[-1]
