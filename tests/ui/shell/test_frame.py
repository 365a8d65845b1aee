"""The frame says what is true: connection, counts, deadlines, what waits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel

from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.sending.drafts import Draft
from leaddesk.desk.sending.entries import Side
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.status_bar import WaitingButton
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.frame_presenter import FramePresenter, items
from leaddesk.ui.shell.outbox.change_row import ChangeRow
from leaddesk.ui.shell.outbox.conflict_dialog import ConflictDialog
from leaddesk.ui.shell.outbox.outage_note import OutageNote
from leaddesk.ui.shell.outbox.waiting_changes_pane import WaitingChangesPane
from leaddesk.ui.shell.state import Link, Route, WorkplaceState
from tests.support.pretended import ME, NOW, Pretended, Word


def composed(office: Pretended) -> WorkplaceState:
    office.desk.sign_in.me = ME
    presenter = FramePresenter(lambda state: None, office.rooms, lambda: NOW)
    try:
        return presenter.compose()
    finally:
        presenter.close()


def progress(**given: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"loaded": 0, "total": None, "done": False, "synced_at": None, **given})


def entry(**given: Any) -> SimpleNamespace:
    usual = {
        "entry_id": "e-1",
        "kind": Word.STEP,
        "subject": "lead-1",
        "value": Personal("Kontakt"),
        "before": "Neu",
        "state": Word.QUEUED,
        "created_at": NOW,
        "conflict": None,
        "failure": None,
    }
    return SimpleNamespace(**{**usual, **given})


def offer(left: timedelta, window: timedelta) -> SimpleNamespace:
    return SimpleNamespace(status=Word.OPEN, deadline_at=NOW + left, offered_at=NOW + left - window)


async def at_work(office: Pretended) -> Workplace:
    office.stages.start()
    for _ in range(5):
        await asyncio.sleep(0)
    page = office.window.page()
    assert isinstance(page, Workplace)
    return page


def test_pages_without_the_right_are_absent(office: Pretended) -> None:
    assert [item.route for item in items(office.desk, 0)] == [Route.LEADS, Route.SHARES, Route.APPROVALS]  # type: ignore[arg-type]
    office.desk.rights = {"offer.decide"}
    assert [item.route for item in items(office.desk, 0)] == [Route.LEADS, Route.OFFERS]  # type: ignore[arg-type]
    office.desk.offers.receives = False
    assert [item.route for item in items(office.desk, 0)] == [Route.LEADS]  # type: ignore[arg-type]


def test_the_connection_is_one_of_four_words(office: Pretended) -> None:
    sync = office.desk.sync
    assert composed(office).top.link is Link.LIVE
    sync.progress.value = progress(loaded=100, total=12480)
    assert composed(office).top.link is Link.LOADING
    sync.progress.value = progress()
    assert composed(office).top.link is Link.CONNECTING
    office.desk.go_offline()
    state = composed(office)
    assert state.top.link is Link.OFFLINE
    assert state.outage is not None
    assert state.outage.retry_in == 18


def test_the_deadline_chip_comes_under_15_minutes_or_a_fifth_of_the_time(office: Pretended) -> None:
    near = timedelta(minutes=11, seconds=42)
    for left, window, shown in (
        (near, timedelta(hours=1), "11:42"),
        (timedelta(hours=2), timedelta(hours=4), None),
        (timedelta(hours=4), timedelta(hours=24), "4:00:00"),
        (timedelta(seconds=-1), timedelta(hours=1), None),
    ):
        office.desk.offers.all = lambda left=left, window=window: (offer(left, window),)
        assert composed(office).top.deadline == shown


def test_the_rest_of_the_loading_is_estimated_from_what_came(office: Pretended) -> None:
    office.desk.sign_in.me = ME
    now = [NOW]
    presenter = FramePresenter(lambda state: None, office.rooms, lambda: now[0])
    office.desk.sync.progress.value = progress(loaded=0, total=12000)
    assert presenter.compose().status.seconds_left is None
    now[0] += timedelta(seconds=2)
    office.desk.sync.progress.value = progress(loaded=3000, total=12000)
    assert presenter.compose().status.seconds_left == 6
    presenter.close()


async def test_an_outage_puts_a_note_above_the_list_and_goes_with_it(office: Pretended) -> None:
    workplace = await at_work(office)
    office.desk.go_offline()
    note = office.features.newest("list").view.notice
    assert isinstance(note, OutageNote)
    assert office.window.windowTitle() == "leaddesk – Live – offline"
    note.retry_requested.emit()
    assert office.desk.retries == 1
    office.desk.come_back()
    assert office.features.newest("list").view.notice is None
    assert workplace.top is not None
    assert office.window.windowTitle() == "leaddesk – Live"


async def test_an_error_of_our_own_says_that_all_begins_again(office: Pretended) -> None:
    await at_work(office)
    office.desk.break_down()
    note = office.features.newest("list").view.notice
    assert isinstance(note, OutageNote)
    shown = " ".join(label.text() for label in note.findChildren(QLabel))
    assert "Die Verbindung wird neu aufgebaut." in shown
    assert "Neuer Versuch in 2 Sek." in shown
    assert composed(office).top.link is Link.CONNECTING
    assert office.window.windowTitle() == "leaddesk – Live"
    office.desk.come_back()
    assert office.features.newest("list").view.notice is None


async def test_a_waiting_change_is_listed_by_name_and_can_be_taken_back(office: Pretended) -> None:
    workplace = await at_work(office)
    office.desk.outbox.kept = [entry(), entry(entry_id="e-2", kind=Word.NOTE, value=Personal("ruft an"))]
    office.desk.outbox.changed.publish(None)
    workplace.status.waiting_pressed.emit()
    pane = workplace.findChild(WaitingChangesPane)
    assert pane is not None
    spoken = [row.accessibleName() for row in pane.findChildren(ChangeRow)]
    time = clock_time(NOW)
    assert spoken == [f"Anna Meyer, Schritt Neu Kontakt, {time}", f"Anna Meyer, Notiz ruft an, {time}"]
    pane.undo_requested.emit("e-1")
    assert [kept.entry_id for kept in office.desk.outbox.kept] == ["e-2"]


async def test_begun_notes_are_counted_at_the_foot_listed_and_gone_on_with(office: Pretended) -> None:
    workplace = await at_work(office)
    button = workplace.status.findChild(WaitingButton)
    assert button is not None and button.isHidden()
    office.desk.drafts.put(LeadId("lead-1"), Draft("Ruft um 3"))
    assert not button.isHidden() and button.text() == text("shell.begun", n=1)
    office.desk.outbox.kept = [entry()]
    office.desk.outbox.changed.publish(None)
    assert text("shell.waiting", n=1) in button.text() and text("shell.begun", n=1) in button.text()
    workplace.status.waiting_pressed.emit()
    pane = workplace.findChild(WaitingChangesPane)
    assert pane is not None
    office.desk.drafts.put(LeadId("lead-1"), Draft("Ruft um 3 an"))
    office.desk.drafts.put(LeadId("elsewhere"), Draft("Dach voll"))
    workplace.status.waiting_pressed.emit()
    rows = [row for row in pane.findChildren(ChangeRow) if not row.isHidden()]
    assert [row.accessibleName() for row in rows[1:]] == [
        "Anna Meyer, Notiz Ruft um 3 an, begonnen",
        "Nicht mehr sichtbar, Notiz Dach voll, begonnen",
    ]
    (there,), (nowhere,) = (row.findChildren(Button) for row in rows[1:])
    assert nowhere.isHidden()
    there.click()
    detail = office.features.newest("detail")
    assert detail.calls == ["open lead-1"] and detail.view.done[-1] == "write_note"


async def test_a_begun_note_whose_lead_is_gone_is_told_and_its_words_can_be_taken_along(
    office: Pretended,
) -> None:
    gone = LeadId("elsewhere")
    office.desk.sync.progress.value = progress()
    office.desk.drafts.put(gone, Draft("Dach voll"))
    office.desk.drafts.put(LeadId("lead-1"), Draft("Ruft um 3 an"))
    await at_work(office)
    toasts = office.around.toasts._toasts
    assert toasts == [], "nothing is gone before all is loaded"
    office.desk.sync.progress.set(progress(done=True))
    office.store.leads.changes.publish(None)
    (toast,) = toasts
    assert toast.words == text("shell.stranded", n=1) and "Dach" not in toast.accessibleName()
    button = next(one for one in toast.findChildren(Button) if one.shown_text())
    assert button.shown_text() == text("shell.stranded_take")
    button.click()
    assert QApplication.clipboard().text() == "Dach voll"
    office.around.clipboard.clear_if_ours()
    assert list(office.desk.drafts.leads) == ["lead-1"]


async def test_words_without_a_lead_outlive_a_lock_until_they_were_seen(office: Pretended) -> None:
    await at_work(office)
    toasts = office.around.toasts._toasts
    office.desk.drafts.put(LeadId("elsewhere"), Draft("Dach voll"))
    office.stages._choose_language("en")
    (toast,) = toasts
    assert toast.words == text("shell.stranded", n=1) and office.desk.drafts.count == 1
    toast.seen.emit()
    toast.leave()
    assert office.desk.drafts.count == 0 and toasts == []


async def test_where_nothing_may_be_copied_the_words_are_not_offered(office: Pretended) -> None:
    office.desk.rules.policy.value = TenantPolicy(copying=False)
    await at_work(office)
    office.desk.drafts.put(LeadId("elsewhere"), Draft("Dach voll"))
    (toast,) = office.around.toasts._toasts
    assert not [one for one in toast.findChildren(Button) if one.shown_text()]
    assert text("shell.stranded_kept") in toast.accessibleName()


async def test_words_are_out_of_reach_without_the_right_to_write(office: Pretended) -> None:
    office.desk.rights -= {"lead.write"}
    await at_work(office)
    office.desk.drafts.put(LeadId("lead-1"), Draft("Ruft um 3 an"))
    assert len(office.around.toasts._toasts) == 1


async def test_a_conflict_is_announced_once_and_resolved_by_one_choice(office: Pretended) -> None:
    await at_work(office)
    conflict = SimpleNamespace(
        mine="Kontakt", theirs="Neu", theirs_by=Personal("Thomas Lüders"), theirs_at=NOW, mine_at=NOW
    )
    office.desk.outbox.kept = [entry(state=Word.CONFLICT, conflict=conflict)]
    office.desk.outbox.changed.publish(None)
    office.desk.outbox.changed.publish(None)
    assert len(office.around.toasts._toasts) == 1
    presenter = office.stages._day._outbox  # type: ignore[union-attr]
    presenter.ask("e-1")
    presenter.ask("e-1")
    assert office.around.toasts._toasts == []
    dialogs = office.window.findChildren(ConflictDialog)
    assert len(dialogs) == 1
    assert dialogs[0].primary is not None
    dialogs[0].primary.click()
    assert office.desk.outbox.resolved == [("e-1", Side.MINE)]


def test_nothing_is_shown_while_deletions_are_not_applied(office: Pretended) -> None:
    state = composed(office)
    workplace = Workplace(state)
    workplace.resize(1200, 800)
    workplace.show()
    assert workplace.panes.isVisible()
    workplace.render_state(replace(state, trusted=False))
    assert not workplace.panes.isVisible()
    workplace.render_state(state)
    assert workplace.panes.isVisible()
    workplace.close()
