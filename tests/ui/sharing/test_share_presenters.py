"""Sharing over the real desk and the real server: nothing lost, nothing twice."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from leaddesk.contract.ids import LeadId
from leaddesk.contract.sharing import ShareStatus
from leaddesk.desk.outcomes import Reason, Refused
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.pieces.choices import ChoiceCard
from leaddesk.ui.kit.pieces.marks import Tag
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_dialog import ShareDialog
from leaddesk.ui.sharing.share_presenter import SharePresenter
from leaddesk.ui.sharing.shares_presenter import SharesPresenter
from leaddesk.ui.sharing.shares_view import SharesView
from tests.desk.conftest import Office, Town
from tests.support.room import Room, heard, labels
from tests.support.trade import new_id

SHARE_PATH = "/share-requests"


class Asking:
    """The dialog for one lead, over one person's desk."""

    def __init__(self, room: Room, office: Office, lead_id: LeadId) -> None:
        room.window.show()
        room.window.activateWindow()
        QTest.qWaitForWindowActive(room.window)
        self.room, self.office = room, office
        slot = office.store.leads.slot_of(lead_id)
        assert slot is not None
        self.presenter = SharePresenter(office.store.leads.get(slot), office.desk, room.around)
        self.finished = heard(self.presenter.finished)
        room.keep(self.presenter.close)
        room.settle()
        self.dialog = room.window.findChild(ShareDialog)

    def send_button(self) -> Button:
        assert self.dialog.primary is not None
        return self.dialog.primary

    async def ready(self) -> None:
        await self.room.until(lambda: self.send_button().isEnabled())

    def sent(self) -> int:
        return len({key for verb, path, key in self.office.line.sent if (verb, path) == ("POST", SHARE_PATH)})


async def test_the_preview_comes_from_the_server_and_enter_sends_once(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    assert "241••" in " ".join(labels(asking.dialog))
    QTest.keyClicks(asking.dialog.findChild(QLineEdit), "No fitter")
    room.press(Qt.Key.Key_Return)
    room.press(Qt.Key.Key_Return)
    asking.dialog.share_requested.emit("again")
    await room.until(lambda: asking.finished)
    assert room.said() == [text("sharing.sent")]
    assert [request.reason for request in maren.desk.sharing.requests()] == ["No fitter"]
    assert asking.sent() == 1


async def test_a_market_without_approval_offers_at_once(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    room.press(Qt.Key.Key_Down)
    await asking.ready()
    assert asking.send_button().shown_text() == text("sharing.send_now")
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: asking.finished)
    assert room.said() == [text("sharing.offered")]


async def test_offline_nothing_is_sent_and_nothing_typed_is_lost(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    field = asking.dialog.findChild(QLineEdit)
    QTest.keyClicks(field, "keep me")
    await maren.cut()
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: text("outcome.offline") in labels(asking.dialog))
    assert field.text() == "keep me"
    assert maren.desk.outbox.waiting == 0
    await maren.mend()
    await asking.ready()
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: asking.finished)
    assert [request.reason for request in maren.desk.sharing.requests()] == ["keep me"]


async def test_a_lost_answer_is_asked_for_with_the_same_key(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    maren.line.lose_answers = 1
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: text("outcome.unknown") in labels(asking.dialog))
    assert asking.send_button().is_busy()
    room.press(Qt.Key.Key_Return)
    asking.dialog.share_requested.emit("again")
    await room.until(lambda: asking.finished)
    assert room.said() == [text("sharing.sent")]
    assert len(maren.desk.sharing.requests()) == 1
    assert asking.sent() == 1


async def test_an_unknown_outcome_that_ends_refused_says_why(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    asking = Asking(room, maren, lead)
    await asking.ready()
    maren.line.lose_requests = 1
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: text("outcome.unknown") in labels(asking.dialog))
    await jens.desk.sharing.share(lead, town.trade.market, Personal("schneller"))
    await room.until(lambda: text("outcome.refused.already-offered") in labels(asking.dialog))
    assert asking.send_button().isEnabled()
    assert not asking.send_button().is_busy()
    assert maren.desk.outbox.waiting == 0


async def test_a_refusal_after_the_dialog_is_gone_is_kept_with_its_reason(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    asking = Asking(room, maren, lead)
    await asking.ready()
    maren.line.lose_requests = 1
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: text("outcome.unknown") in labels(asking.dialog))
    asking.presenter.close()
    await jens.desk.sharing.share(lead, town.trade.market, Personal("schneller"))
    await room.until(lambda: [entry.failure for entry in maren.desk.outbox.entries() if entry.failure])
    assert maren.desk.outbox.entries()[0].failure == Refused(Reason.ALREADY_OFFERED)


async def test_a_market_that_vanished_is_no_choice_any_more(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    known = maren.desk.directory.markets()
    stale = known[0].model_copy(update={"market_id": new_id(), "name": "Nicht mehr da"})
    maren.store.markets.upsert(stale)
    asking.presenter.close()
    asking = Asking(room, maren, lead)
    card(asking, "Nicht mehr da").click()
    await room.until(lambda: text("sharing.vanished") in labels(asking.dialog))
    assert sorted(names(asking)) == sorted(market.name for market in known)
    assert not asking.send_button().isEnabled()
    card(asking, known[0].name).click()
    await asking.ready()


def names(asking: Asking) -> list[str]:
    cards = [each for each in asking.dialog.findChildren(ChoiceCard) if each.isVisible()]
    return [each.accessibleName().partition(",")[0] for each in cards]


def card(asking: Asking, name: str) -> ChoiceCard:
    cards = [each for each in asking.dialog.findChildren(ChoiceCard) if each.isVisible()]
    return next(each for each in cards if each.accessibleName().startswith(name))


async def test_the_dialog_leaves_with_its_lead(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    asking = Asking(room, maren, lead)
    await asking.ready()
    await jens.desk.leads.delete(lead)
    await room.until(lambda: asking.finished)
    assert room.said() == [text("outcome.gone")]


async def test_new_values_of_the_lead_come_into_the_preview(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    asking = Asking(room, maren, lead)
    await asking.ready()
    before = len([1 for _, path, _ in maren.line.sent if path.endswith("/preview")])
    await jens.desk.leads.change_step(lead, "Angebot")
    await room.until(lambda: len([1 for _, path, _ in maren.line.sent if path.endswith("/preview")]) > before)


async def test_escape_leaves_and_the_presenter_can_be_closed_twice(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    asking = Asking(room, maren, lead)
    await asking.ready()
    room.press(Qt.Key.Key_Escape)
    assert len(asking.finished) == 1
    asking.presenter.close()
    assert maren.desk.sharing.requests() == ()


async def test_a_request_can_be_taken_back_once(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren = await town.office("Maren")
    await maren.desk.sharing.share(lead, town.trade.market, Personal("why"))
    view = SharesView()
    presenter = SharesPresenter(view, maren.desk, room.around)
    room.keep(presenter.close)
    room.stand(view)
    request = maren.desk.sharing.requests()[0].share_request_id
    view.withdraw_requested.emit(request)
    view.withdraw_requested.emit(request)
    await room.until(lambda: maren.desk.sharing.requests()[0].status is ShareStatus.WITHDRAWN)
    await room.until(room.said)
    assert room.said() == [text("sharing.withdrawn_toast")]
    assert text("sharing.status_WITHDRAWN") in spoken(view)


async def test_a_decision_appears_by_itself(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    maren, thomas = await town.office("Maren"), await town.office("Thomas")
    await maren.desk.sharing.share(lead, town.trade.market, Personal("why"))
    view = SharesView()
    presenter = SharesPresenter(view, maren.desk, room.around)
    room.keep(presenter.close)
    room.stand(view)
    await thomas.until(thomas.desk.approvals.queue)
    request = thomas.desk.approvals.queue()[0].share_request_id
    await thomas.desk.approvals.reject(request, Personal("erst anrufen"))
    words = text("sharing.rejected_because", name="Thomas Lüders", reason="erst anrufen")
    await room.until(lambda: words in labels(view))


def spoken(view: SharesView) -> list[str]:
    return [tag.accessibleName() for tag in view.findChildren(Tag)]
