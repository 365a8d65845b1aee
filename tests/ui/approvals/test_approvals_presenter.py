"""Approvals over the real desk and the real server: only what was seen is approved, by one person, once."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from leaddesk.contract.ids import LeadId
from leaddesk.contract.sharing import ShareRequest, ShareStatus
from leaddesk.personal.masked import Personal
from leaddesk.ui.approvals import approvals_view
from leaddesk.ui.approvals.approval_queue import ApprovalQueue
from leaddesk.ui.approvals.approvals_presenter import ApprovalsPresenter
from leaddesk.ui.approvals.approvals_view import ApprovalsView
from leaddesk.ui.kit.wording import text
from tests.desk.conftest import Office, Town
from tests.support.room import Room, carried, labels


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every question had been on the screen long enough."""
    monkeypatch.setattr(approvals_view, "ARMED_AFTER_MS", 0)


class Deciding:
    """The page over one administrator's desk."""

    def __init__(self, room: Room, office: Office) -> None:
        self.room, self.office = room, office
        self.view = ApprovalsView()
        presenter = ApprovalsPresenter(self.view, office.desk, room.around)
        room.keep(presenter.close)
        room.keep(presenter.close)
        room.stand(self.view)
        self.view.focus_page()

    def title(self) -> str:
        return next((words for words in labels(self.view) if words.endswith("anbieten?")), "")

    async def asks(self) -> None:
        await self.room.until(self.title)

    async def says(self, key: str) -> None:
        await self.room.until(lambda: text(key) in carried(self.room.window))

    def approve(self) -> None:
        self.room.press(Qt.Key.Key_A)
        self.room.press(Qt.Key.Key_Return)

    def status(self) -> list[ShareStatus]:
        return [request.status for request in self.office.store.shares.all()]


async def shared(town: Town, office: Office, *leads: LeadId) -> list[ShareRequest]:
    """Ask for leads one after another, a minute apart."""
    for lead in leads:
        await office.desk.sharing.share(lead, town.trade.market, Personal("keine Montage"))
    return list(office.desk.sharing.requests())


async def asked(town: Town, leads: int = 1) -> list[LeadId]:
    """Let Maren ask to offer some leads."""
    added = [town.trade.add_lead(keeper="Maren") for _ in range(leads)]
    maren = await town.office("Maren")
    await shared(town, maren, *added)
    return added


async def test_the_question_shows_what_would_leave_and_a_enter_approves(town: Town, room: Room) -> None:
    await asked(town)
    page = Deciding(room, await town.office("Thomas"))
    await page.asks()
    shown = labels(page.view)
    assert page.title() == "Anna Meyer auf Wärme Nord anbieten?"
    assert {"„keine Montage“", "0171 39200 42", "241••", "Bleibt im Haus"} <= set(shown)
    page.approve()
    page.approve()
    await page.room.until(lambda: page.status() == [ShareStatus.APPROVED])
    await page.room.until(room.said)
    assert room.said() == [text("approvals.approved_toast", market="Wärme Nord")]
    assert text("approvals.empty_title") in labels(page.view)


async def test_the_next_question_opens_by_itself_and_is_not_approved_by_the_same_enter(
    town: Town, room: Room
) -> None:
    await asked(town, 2)
    page = Deciding(room, await town.office("Thomas"))
    await page.asks()
    page.approve()
    await room.until(lambda: page.status().count(ShareStatus.APPROVED) == 1)
    await page.asks()
    assert isinstance(QApplication.focusWidget(), ApprovalQueue)
    room.press(Qt.Key.Key_Return)
    assert page.status().count(ShareStatus.PENDING) == 1


async def test_rejecting_gives_the_reason(town: Town, room: Room) -> None:
    await asked(town)
    thomas = await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    room.press(Qt.Key.Key_R)
    QTest.keyClicks(page.view.findChild(QLineEdit), "Call first")
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: page.status() == [ShareStatus.REJECTED])
    assert thomas.store.shares.all()[0].decision_reason == "Call first"
    await page.says("approvals.rejected_toast")


async def test_a_lead_that_changes_while_it_is_read_is_shown_anew(town: Town, room: Room) -> None:
    (lead,) = await asked(town)
    jens = await town.office("Jens")
    page = Deciding(room, await town.office("Thomas"))
    await page.asks()
    await jens.desk.leads.change_step(lead, "Angebot")
    await page.says("approvals.changed")
    assert page.status() == [ShareStatus.PENDING]
    page.approve()
    await room.until(lambda: page.status() == [ShareStatus.APPROVED])


async def test_approving_what_has_changed_asks_again_with_the_new_values(town: Town, room: Room) -> None:
    (lead,) = await asked(town)
    jens, thomas = await town.office("Jens"), await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    thomas.desk.leads.touched.close()  # the news of the change comes later than the press
    await jens.desk.leads.change_step(lead, "Angebot")
    page.approve()
    await page.says("approvals.changed")
    assert page.status() == [ShareStatus.PENDING]
    await room.until(lambda: not thomas.desk.outbox.waiting)
    await asyncio.sleep(0.05)  # the first press ends only after it has asked anew
    page.approve()
    await room.until(lambda: page.status() == [ShareStatus.APPROVED])


async def test_what_another_admin_decided_meanwhile_is_no_question_any_more(town: Town, room: Room) -> None:
    await asked(town)
    thomas, other = await town.office("Thomas"), await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    request = other.desk.approvals.queue()[0].share_request_id
    await other.desk.approvals.reject(request, Personal("anders entschieden"))
    await room.until(lambda: text("approvals.empty_title") in labels(page.view))
    assert "0171 39200 42" not in carried(page.view)


async def test_a_press_too_late_is_told_that_somebody_decided(town: Town, room: Room) -> None:
    await asked(town, 2)
    thomas, other = await town.office("Thomas"), await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    thomas.desk.approvals.changed.close()  # the news of the decision comes later than the press
    request = thomas.desk.approvals.queue()[0].share_request_id
    await other.desk.approvals.reject(request, Personal("anders entschieden"))
    page.approve()
    await page.says("outcome.refused.already-decided")


async def test_offline_nothing_is_decided_and_the_question_stays(town: Town, room: Room) -> None:
    await asked(town)
    thomas = await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    await thomas.cut()
    page.approve()
    await page.says("outcome.offline")
    assert page.title()
    assert (page.status(), thomas.desk.outbox.waiting) == ([ShareStatus.PENDING], 0)


async def test_an_unknown_outcome_is_not_decided_a_second_time(town: Town, room: Room) -> None:
    await asked(town)
    thomas = await town.office("Thomas")
    page = Deciding(room, thomas)
    await page.asks()
    thomas.line.lose_answers = 1
    page.approve()
    await page.says("outcome.unknown")
    page.approve()
    await room.until(lambda: page.status() == [ShareStatus.APPROVED])
    keys = {key for verb, path, key in thomas.line.sent if verb == "POST" and path.endswith("/approve")}
    assert len(keys) == 1


async def test_ones_own_request_is_readable_and_not_decidable(town: Town, room: Room) -> None:
    lead = town.trade.add_lead(keeper="Thomas")
    thomas = await town.office("Thomas")
    await shared(town, thomas, lead)
    page = Deciding(room, thomas)
    await page.asks()
    page.approve()
    page.view.approve_requested.emit()
    assert text("approvals.own_note") in labels(page.view)
    assert (page.status(), thomas.desk.outbox.waiting) == ([ShareStatus.PENDING], 0)


async def test_a_late_answer_for_another_request_is_dropped(town: Town, room: Room) -> None:
    await asked(town, 2)
    page = Deciding(room, await town.office("Thomas"))
    room.press(Qt.Key.Key_Down)
    await page.asks()
    room.settle()
    assert "2 / 2" in labels(page.view)
