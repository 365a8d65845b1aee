"""Offers over the real desk and the real server: accepted once, ended while open, told wherever one is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from leaddesk.contract.ids import LeadId
from leaddesk.contract.offers import OfferStatus
from leaddesk.desk.outcomes import Ok
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.toasts import Toast
from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers import offer_card
from leaddesk.ui.offers.offer_alerts import OfferAlerts
from leaddesk.ui.offers.offer_card import OfferCard
from leaddesk.ui.offers.offers_presenter import OffersPresenter
from leaddesk.ui.offers.offers_view import OffersView
from tests.desk.conftest import Office, Town
from tests.support.room import Room, carried, labels


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every card had been on the screen long enough."""
    monkeypatch.setattr(offer_card, "ARMED_AFTER_MS", 0)


class Receiving:
    """The page over one partner's desk."""

    def __init__(self, room: Room, office: Office) -> None:
        self.room, self.office = room, office
        self.view = OffersView()
        self.presenter = OffersPresenter(self.view, office.desk, room.around)
        room.keep(self.presenter.close)
        room.keep(self.presenter.close)
        room.stand(self.view)
        self.view.focus_page()

    def cards(self) -> list[OfferCard]:
        return [card for card in self.view.findChildren(OfferCard) if card.isVisible()]

    async def has(self, count: int) -> None:
        await self.room.until(lambda: len(self.cards()) == count)

    def accept(self) -> None:
        self.view.focus_page()
        self.room.press(Qt.Key.Key_A)
        self.room.press(Qt.Key.Key_Return)

    def status(self) -> list[OfferStatus]:
        return [offer.status for offer in self.office.desk.offers.all()]

    def keys(self, verb: str) -> set[str]:
        return {key for _, path, key in self.office.line.sent if path.endswith(f"/{verb}")}


async def offer(town: Town, count: int = 1) -> Office:
    """Let Maren offer leads on the market that needs no approval."""
    leads = [town.trade.add_lead(keeper="Maren") for _ in range(count)]
    maren = await town.office("Maren")
    for lead in leads:
        await maren.desk.sharing.share(lead, town.trade.free_market, Personal(""))
    return maren


async def test_a_card_shows_what_may_be_seen_and_a_enter_accepts(town: Town, room: Room) -> None:
    await offer(town)
    bjoern = await town.office("Björn")
    page = Receiving(room, bjoern)
    await page.has(1)
    shown = carried(page.view)
    assert "Einfamilienhaus" in shown
    assert "0171" not in shown
    assert "anna.meyer" not in shown
    page.accept()
    page.accept()
    page.view.accept_requested.emit(bjoern.desk.offers.all()[0].offer_id)
    await room.until(lambda: page.status() == [OfferStatus.ACCEPTED])
    await room.until(room.said)
    assert room.said() == [text("offers.accepted_toast")]
    assert len(page.keys("accept")) == 1
    lead_id = bjoern.desk.offers.all()[0].lead_id
    assert lead_id is not None
    assert bjoern.has(lead_id)
    ways = [b for b in page.view.findChildren(Button) if b.shown_text() == text("offers.open_lead")]
    opened: list[LeadId] = []
    page.view.lead_opened.connect(opened.append)
    ways[0].click()
    assert opened == [lead_id]


async def test_declining_gives_the_reason(town: Town, room: Room) -> None:
    await offer(town)
    bjoern = await town.office("Björn")
    page = Receiving(room, bjoern)
    await page.has(1)
    page.view.focus_page()
    room.press(Qt.Key.Key_R)
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: page.status() == [OfferStatus.DECLINED])
    assert bjoern.desk.offers.all()[0].decline_reason == text("offers.reason_capacity")
    await room.until(lambda: text("offers.declined_toast") in room.said())


async def test_an_offer_that_ends_while_its_card_is_open_goes_to_the_past(town: Town, room: Room) -> None:
    await offer(town)
    bjoern, finn = await town.office("Björn"), await town.office("Finn")
    page = Receiving(room, bjoern)
    await page.has(1)
    page.view.focus_page()
    room.press(Qt.Key.Key_R)
    await finn.desk.offers.accept(finn.desk.offers.all()[0].offer_id)
    await page.has(0)
    await room.until(lambda: text("offers.became_ENDED") in labels(page.view))
    assert QApplication.focusWidget() is None or not page.view.findChildren(OfferCard)


async def test_a_press_too_late_is_told_so(town: Town, room: Room) -> None:
    await offer(town)
    bjoern, finn = await town.office("Björn"), await town.office("Finn")
    page = Receiving(room, bjoern)
    await page.has(1)
    bjoern.desk.offers.changed.close()  # the news of the end comes later than the press
    await finn.desk.offers.accept(finn.desk.offers.all()[0].offer_id)
    page.accept()
    await room.until(lambda: text("outcome.refused.offer-ended") in room.said())
    assert page.status() == [OfferStatus.ENDED]


async def test_offline_nothing_is_accepted_and_the_card_stays(town: Town, room: Room) -> None:
    await offer(town)
    bjoern = await town.office("Björn")
    page = Receiving(room, bjoern)
    await page.has(1)
    await bjoern.cut()
    page.accept()
    await room.until(lambda: text("outcome.offline") in labels(page.view))
    assert (page.status(), bjoern.desk.outbox.waiting) == ([OfferStatus.OPEN], 0)
    await bjoern.mend()
    page.accept()
    await room.until(lambda: page.status() == [OfferStatus.ACCEPTED])
    assert text("outcome.offline") not in labels(page.view)


async def test_an_unknown_answer_that_ends_refused_says_why(town: Town, room: Room) -> None:
    await offer(town)
    bjoern, finn = await town.office("Björn"), await town.office("Finn")
    page = Receiving(room, bjoern)
    await page.has(1)
    bjoern.line.lose_requests = 1
    page.accept()
    await room.until(lambda: text("outcome.unknown") in labels(page.view))
    assert isinstance(await finn.desk.offers.accept(finn.desk.offers.all()[0].offer_id), Ok)
    await room.until(lambda: text("outcome.refused.offer-ended") in room.said())
    assert bjoern.desk.outbox.waiting == 0


async def test_an_unknown_outcome_keeps_the_card_busy_until_it_is_known(town: Town, room: Room) -> None:
    await offer(town)
    bjoern = await town.office("Björn")
    page = Receiving(room, bjoern)
    await page.has(1)
    bjoern.line.lose_answers = 1
    page.accept()
    await room.until(lambda: text("outcome.unknown") in labels(page.view))
    accept = next(b for b in page.cards()[0].findChildren(Button) if b.shown_text() == text("offers.accept"))
    assert accept.is_busy()
    page.accept()
    await room.until(lambda: page.status() == [OfferStatus.ACCEPTED])
    assert len(page.keys("accept")) == 1


async def test_a_new_offer_is_told_once_without_contact_data(town: Town, room: Room) -> None:
    bjoern = await town.office("Björn")
    shown: list[None] = []
    alerts = OfferAlerts(bjoern.desk, room.around, lambda: shown.append(None))
    room.keep(alerts.close)
    await offer(town)
    await room.until(lambda: bjoern.desk.offers.open_count == 1)
    until = clock_time(bjoern.desk.offers.all()[0].deadline_at)
    assert len(room.said()) == 1
    assert room.said()[0].startswith(text("offers.new", until=until))
    told = carried(room.window)
    for personal in ("Anna", "Meyer", "0171", "24103"):
        assert personal not in told
    toast = room.window.findChild(Toast)
    next(b for b in toast.findChildren(Button) if b.shown_text() == text("offers.show")).click()
    assert shown == [None]
    alerts.close()
    await offer(town)
    await room.until(lambda: bjoern.desk.offers.open_count == 2)
    room.settle()
    assert room.said() == []


async def test_closed_the_page_hears_and_ticks_no_more(town: Town, room: Room) -> None:
    bjoern = await town.office("Björn")
    page = Receiving(room, bjoern)
    page.presenter.close()
    await offer(town)
    await room.until(lambda: bjoern.desk.offers.open_count == 1)
    assert page.cards() == []
