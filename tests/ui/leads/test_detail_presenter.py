"""The lead detail over the real desk and the real server."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import Right, TenantPolicy
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.people import TenantRecord
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.pieces.tabs import TabBar
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.presenter import LeadDetailPresenter
from leaddesk.ui.leads.detail.state import DetailTab
from leaddesk.ui.leads.detail.step_bar import StepBar
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.desk.conftest import Office, Town, served
from tests.support.core_only import CoreOnly
from tests.support.room import Room, carried, labels
from tests.support.trade import new_id
from tests.support.trade import opened as opened_trade


class Opened:
    """A detail in a room, over one person's desk."""

    def __init__(self, room: Room, office: Office) -> None:
        self.room, self.office = room, office
        self.view = LeadDetailView()
        self.presenter = LeadDetailPresenter(self.view, office.desk, office.store, room.around)
        room.keep(self.presenter.close)
        room.stand(self.view)

    async def show(self, lead_id: str) -> None:
        self.presenter.open(lead_id)
        await self.until(lambda: "hat den Lead angelegt" in carried(self.view))

    async def until(self, true: Callable[[], object]) -> None:
        await self.room.until(true)

    def write(self, words: str) -> None:
        self.view.write_note()
        QTest.keyClicks(self.view.findChild(QPlainTextEdit), words)
        self.room.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def shows(self, words: str) -> bool:
        return words in carried(self.view)


async def test_a_lead_is_there_at_once_and_the_rest_follows(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    opened.presenter.open(lead)
    room.settle()
    assert {"Anna Meyer", "Einfamilienhaus"} <= set(labels(opened.view))
    assert opened.shows("0171 39200 42")
    await opened.until(lambda: opened.shows(text("lead_detail.nobody")))
    assert opened.shows(text("lead_detail.no_notes"))


async def test_a_note_appears_waiting_and_then_as_written(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    await opened.show(lead)
    opened.view.open_tab(DetailTab.JOURNAL)
    opened.write("Wants a heat pump")
    await opened.until(lambda: "Maren Boysen" in labels(opened.view))
    await opened.until(lambda: not opened.shows(text("lead_detail.waits")))
    assert labels(opened.view).count("Wants a heat pump") == 1


async def test_offline_a_note_and_a_step_wait_and_arrive_later(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    opened = Opened(room, maren)
    await opened.show(lead)
    opened.view.open_tab(DetailTab.JOURNAL)
    await maren.cut()
    opened.write("Written offline")
    opened.view.change_step()
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Return)
    await opened.until(lambda: maren.desk.outbox.waiting == 2)
    await opened.until(lambda: opened.shows(text("lead_detail.waits")))
    await opened.until(room.said)
    assert room.said() == [text("outcome.queued")]
    assert opened.view.findChild(StepBar).accessibleDescription() == "Kontakt"
    await maren.mend()
    await opened.until(lambda: maren.desk.outbox.waiting == 0 and maren.step(lead) == "Kontakt")
    await opened.until(lambda: not opened.shows(text("lead_detail.waits")))
    await opened.until(lambda: opened.shows("Written offline"))


async def test_a_lead_is_moved_though_its_page_goes_at_once(town: Town, room: Room) -> None:
    """Another language, another tenant, a lock: the page goes while an answer is still awaited."""
    lead = LeadId(town.trade.add_lead(keeper="Maren"))
    maren = await town.office("Maren")
    opened = Opened(room, maren)
    await opened.show(lead)
    steps = maren.desk.directory.steps(lead)[1:3]
    for step in steps:
        opened.view.step_requested.emit(step)
    opened.presenter.close()
    assert maren.desk.outbox.waiting == len(steps) == 2
    await opened.until(lambda: not maren.desk.outbox.waiting)
    assert maren.step(lead) == steps[-1]


async def test_typing_goes_on_while_somebody_else_changes_the_lead(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    opened = Opened(room, maren)
    await opened.show(lead)
    opened.view.write_note()
    QTest.keyClicks(QApplication.focusWidget(), "in the middle of ")
    await jens.desk.leads.change_step(lead, "Angebot")
    await jens.desk.leads.add_note(lead, Personal("from Jens"))
    await opened.until(lambda: opened.shows("from Jens"))
    QTest.keyClicks(QApplication.focusWidget(), "a word")
    assert opened.view.draft() == "in the middle of a word"
    assert opened.view.findChild(StepBar).accessibleDescription() == "Angebot"


async def test_a_lead_deleted_elsewhere_leaves_nothing_and_nobody_is_asked_any_more(
    town: Town, room: Room
) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    jens, elsewhere = await town.office("Jens"), await town.office("Jens")
    opened = Opened(room, jens)
    await opened.show(lead)
    opened.view.set_draft("call Anna")
    opened.view.delete()
    room.settle()
    assert [each for each in room.window.findChildren(OverlayDialog) if each.isVisible()]
    await elsewhere.desk.leads.delete(lead)
    await opened.until(lambda: opened.shows(text("lead_detail.gone_title")) and not opened.shows("Anna"))
    assert not [each for each in room.window.findChildren(OverlayDialog) if each.isVisible()]
    assert opened.view.draft() == ""


async def test_a_lead_opened_before_it_is_loaded_comes_with_the_load(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office()
    await maren.sign_in("Maren")
    opened = Opened(room, maren)
    opened.presenter.open(lead)
    assert labels(opened.view) == []
    maren.begin()
    await opened.until(lambda: "Anna Meyer" in labels(opened.view))
    await opened.until(lambda: opened.shows("hat den Lead angelegt"))


async def test_a_lead_that_the_load_does_not_bring_is_gone(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Jens")
    elsewhere = await town.office("Jens")
    await elsewhere.desk.leads.delete(lead)
    jens = await town.office()
    await jens.sign_in("Jens")
    opened = Opened(room, jens)
    opened.presenter.open(lead)
    assert labels(opened.view) == []
    jens.begin()
    await opened.until(lambda: text("lead_detail.gone_title") in labels(opened.view))


async def test_who_deletes_a_lead_goes_back_to_the_list(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Jens")
    opened = Opened(room, await town.office("Jens"))
    await opened.show(lead)
    left = []
    opened.view.closed.connect(lambda: left.append(lead))
    opened.view.delete()
    room.settle()
    room.press(Qt.Key.Key_Tab)
    room.press(Qt.Key.Key_Return)
    await opened.until(lambda: left)


async def test_deleting_asks_first_and_then_says_that_it_is_done(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Jens")
    jens = await town.office("Jens")
    opened = Opened(room, jens)
    await opened.show(lead)
    opened.view.delete()
    room.settle()
    room.press(Qt.Key.Key_Return)
    assert jens.has(lead)
    opened.view.delete()
    room.settle()
    confirm = next(
        b for b in room.window.findChildren(Button) if b.shown_text() == text("lead_detail.delete_confirm")
    )
    confirm.click()
    await opened.until(lambda: not jens.has(lead))
    await opened.until(lambda: text("lead_detail.deleted_toast") in room.said())
    assert not opened.shows("Anna")


async def test_a_late_answer_for_another_lead_is_dropped(town: Town, room: Room) -> None:
    first, second = town.trade.add_lead(keeper="Maren"), town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    await maren.desk.leads.add_note(first, Personal("about the first"))
    opened = Opened(room, maren)
    opened.presenter.open(first)
    opened.presenter.open(second)
    await opened.until(lambda: opened.shows(text("lead_detail.no_notes")))
    await opened.until(lambda: opened.shows("hat den Lead angelegt"))
    assert not opened.shows("about the first")


async def test_offline_it_says_what_is_missing_and_loads_it_by_itself_later(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    opened = Opened(room, maren)
    await maren.cut()
    opened.presenter.open(lead)
    await opened.until(lambda: opened.shows(text("lead_detail.not_loaded")))
    assert opened.shows("0171 39200 42")
    await maren.mend()
    await opened.until(lambda: opened.shows("hat den Lead angelegt"))
    assert not opened.shows(text("lead_detail.not_loaded"))


async def test_a_note_the_platform_refuses_comes_back_into_the_field(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    await opened.show(lead)
    opened.view.note_written.emit("x" * 20_001, True)
    await opened.until(opened.view.draft)
    assert opened.view.draft() == "x" * 20_001
    assert room.said() == [text("outcome.refused.invalid")]


async def test_rights_decide_what_is_offered(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    await opened.show(lead)
    shown = {button.shown_text() for button in opened.view.findChildren(Button) if button.isVisible()}
    assert {text("lead_detail.share"), text("lead_detail.note")} <= shown
    more = next(b for b in opened.view.findChildren(Button) if b.accessibleName() == text("lead_detail.more"))
    assert not more.isVisible()


async def test_copied_values_go_through_the_expiring_clipboard(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    await opened.show(lead)
    opened.view.copy_requested.emit("0171 39200 42")
    assert QApplication.clipboard().text() == "0171 39200 42"
    room.around.clipboard.clear_if_ours()
    assert room.said() == [text("lead_detail.copied")]


async def test_call_and_mail_hand_over_a_link_and_say_when_nothing_takes_it(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    opened = Opened(room, await town.office("Maren"))
    opened.presenter.open(lead)
    room.settle()
    opened.view.call()
    await opened.until(lambda: room.links == ["tel:01713920042"])
    room.opens = False
    opened.view.mail()
    await opened.until(lambda: any(text("lead_detail.no_mail") in said for said in room.said()))
    assert room.links[1:] == ["mailto:anna.meyer@example.de"]
    offered = [button for button in room.window.findChildren(Button) if button.isVisible()]
    next(button for button in offered if button.shown_text() == text("lead_detail.copy_mail")).click()
    copied = QApplication.clipboard().text()
    room.around.clipboard.clear_if_ours()
    assert copied == "anna.meyer@example.de"


async def test_a_veiled_contact_is_shown_once_it_is_on_record_and_masked_when_left(
    town: Town, room: Room
) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    asked = TenantPolicy(leads_visible_to_reps="all", mask_until_asked=True)
    town.trade.people.add_tenant(TenantRecord(town.trade.wagner, "Wagner AG", asked))
    maren = await town.office("Maren")
    opened = Opened(room, maren)
    await opened.show(lead)
    assert "Anna Meyer" in labels(opened.view) and not opened.shows("39200") and not opened.shows("Kiel")
    opened.view.reveal_requested.emit()
    await opened.until(lambda: opened.shows("0171 39200 42"))
    assert opened.shows("Kiel")
    assert [path for method, path, _ in maren.line.sent if path.endswith("/reveals")] == [
        f"/leads/{lead}/reveals"
    ]
    masks.draw(True)
    masks.draw(False)
    assert not opened.shows("39200")
    await maren.cut()
    opened.view.reveal_requested.emit()
    await opened.until(lambda: text("lead_detail.reveal_offline") in room.said())
    assert not opened.shows("39200")
    maren.desk.rules.take(asked.model_copy(update={"reveal_offline": True}))
    opened.view.reveal_requested.emit()
    await opened.until(lambda: opened.shows("0171 39200 42"))
    (waiting,) = maren.desk.outbox.entries()
    assert not maren.desk.outbox.cancel(waiting.entry_id), "it was seen, so it is told"
    await maren.mend()
    await opened.until(lambda: not maren.desk.outbox.waiting)


async def test_with_a_key_only_what_the_core_has_is_shown(room: Room) -> None:
    async with opened_trade() as trade, served(core := CoreOnly(trade.app)) as url:
        record = ApiKeyRecord(trade.wagner, new_id(), "Web", frozenset({Right.LEAD_READ, Right.LEAD_WRITE}))
        trade.people.api_keys.add(record, Secret("key"))
        lead, office = trade.add_lead(keeper="Maren"), Office(url, lambda: trade.now)
        assert (await office.desk.sign_in.key.sign_in(Secret("key"), keep=False)).code == "ok"
        office.begin()
        await office.until(lambda: office.desk.sync.progress.value.done)
        opened = Opened(room, office)
        opened.presenter.open(lead)
        await office.until(lambda: opened.shows(text("lead_detail.no_notes")))
        opened.write("Called back")
        await office.until(lambda: opened.shows("Called back") and not office.desk.outbox.waiting)
        tabs = opened.view.findChild(TabBar)
        shown = [tabs.key_at(index) for index in range(tabs.count()) if tabs.isTabVisible(index)]
        assert shown == [DetailTab.OVERVIEW, DetailTab.JOURNAL]
        bar = opened.view.findChild(StepBar)
        assert bar.isVisibleTo(opened.view) and bar.focusPolicy() is Qt.FocusPolicy.NoFocus
        names = {one.shown_text() for one in opened.view.findChildren(Button) if one.isVisibleTo(opened.view)}
        assert not {text("lead_detail.share"), text("lead_detail.retry")} & names
        assert not [call for call in core.asked if "well-known" not in call]
        await office.close()
