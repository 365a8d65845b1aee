"""Several people at their desks, on one real server."""

from __future__ import annotations

import asyncio

import pytest

from leaddesk.contract.offers import OfferStatus
from leaddesk.contract.sharing import ShareStatus
from leaddesk.desk import sync
from leaddesk.desk.leads import Touch
from leaddesk.desk.outbox import EntryState, Side
from leaddesk.desk.outcomes import Conflict, Gone, Offline, Ok, Queued, Reason, Refused, Unknown
from leaddesk.desk.sync import Phase
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.state import SessionState
from tests.desk.conftest import PATIENCE, Town
from tests.support.trade import PASSWORD

REASON = Personal("Keine eigene Montage")


async def test_share_approve_accept_is_seen_by_everyone(town: Town) -> None:
    lead = town.trade.add_lead()
    maren, thomas = await town.office("Maren"), await town.office("Thomas")
    bjoern, finn = await town.office("Björn"), await town.office("Finn")
    arrived: list[str] = []
    bjoern.desk.offers.arrived.subscribe(lambda offer: arrived.append(offer.offer_id))

    preview = await maren.desk.sharing.preview(lead, town.trade.market)
    assert isinstance(preview, Ok)
    shared = await maren.desk.sharing.share(lead, town.trade.market, REASON)
    assert isinstance(shared, Ok)
    assert [one.status for one in maren.desk.sharing.requests()] == [ShareStatus.PENDING]

    await thomas.until(lambda: thomas.desk.approvals.waiting_for_me == 1)
    request = thomas.desk.approvals.queue()[0]
    own = await maren.desk.approvals.approve(request.share_request_id, 0)
    assert isinstance(own, Refused)
    detail = await thomas.desk.approvals.detail(request.share_request_id)
    assert isinstance(detail, Ok)
    assert detail.value.preview is not None
    approved = await thomas.desk.approvals.approve(request.share_request_id, detail.value.preview.lead_serial)
    assert isinstance(approved, Ok)
    assert thomas.desk.approvals.waiting_for_me == 0

    await bjoern.until(lambda: bjoern.desk.offers.open_count == 1)
    await finn.until(lambda: finn.desk.offers.open_count == 1)
    assert len(arrived) == 1
    accepted = await bjoern.desk.offers.accept(bjoern.desk.offers.all()[0].offer_id)
    assert isinstance(accepted, Ok)
    assert accepted.value.lead_id is not None
    assert bjoern.has(accepted.value.lead_id)
    await finn.until(lambda: finn.desk.offers.all()[0].status is OfferStatus.ENDED)
    late = await finn.desk.offers.accept(finn.desk.offers.all()[0].offer_id)
    assert late == Refused(Reason.OFFER_ENDED)
    await maren.until(lambda: maren.desk.sharing.requests()[0].status is ShareStatus.APPROVED)
    disclosures = await maren.desk.leads.disclosures(lead)
    assert isinstance(disclosures, Ok)
    assert len(disclosures.value) >= 1


async def test_a_deletion_is_told_to_the_other_who_need_not_ask(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_POLL_SECONDS", 600.0)
    lead = town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    touched: list[Touch] = []
    maren.desk.leads.touched.subscribe(lambda message: touched.append(message.what))
    assert isinstance(await jens.desk.leads.delete(lead), Ok)
    assert not jens.has(lead)
    await maren.until(lambda: not maren.has(lead))
    assert Touch.GONE in touched
    assert isinstance(await maren.desk.leads.detail(lead), Gone)


async def test_a_step_and_a_note_are_seen_by_the_other(town: Town) -> None:
    lead = town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    touched: list[Touch] = []
    jens.desk.leads.touched.subscribe(lambda message: touched.append(message.what))
    assert isinstance(await maren.desk.leads.change_step(lead, "Kontakt"), Ok)
    assert maren.step(lead) == "Kontakt"
    assert maren.desk.outbox.entries() == ()
    await jens.until(lambda: jens.step(lead) == "Kontakt")
    noted = await maren.desk.leads.add_note(lead, Personal("  Rückruf  "))
    assert isinstance(noted, Ok)
    assert noted.value.text == "Rückruf"
    await jens.until(lambda: Touch.NOTES in touched)
    notes = await jens.desk.leads.notes(lead)
    assert isinstance(notes, Ok)
    assert notes.value[0].author_name == "Maren Boysen"


async def test_offline_notes_and_steps_wait_and_everything_else_says_so(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Jens")
    await maren.cut()
    assert maren.desk.sync.connection.value.retry_at is not None
    step = await maren.desk.leads.change_step(lead, "Kontakt")
    again = await maren.desk.leads.change_step(lead, "Angebot")
    note = await maren.desk.leads.add_note(lead, Personal("Termin bestätigt"))
    assert {type(one) for one in (step, again, note)} == {Queued}
    assert await maren.desk.sharing.share(lead, town.trade.market, REASON) == Offline()
    assert await maren.desk.leads.delete(lead) == Offline()
    assert maren.desk.outbox.pending_step(lead) == "Angebot"
    assert maren.step(lead) != "Angebot"
    assert len(maren.desk.outbox.pending_notes(lead)) == 1
    assert maren.desk.outbox.waiting == 3
    await maren.mend()
    await maren.until(lambda: maren.desk.outbox.waiting == 0)
    assert maren.step(lead) == "Angebot"
    notes = await maren.desk.leads.notes(lead)
    assert isinstance(notes, Ok)
    assert [one.text for one in notes.value][:1] == ["Termin bestätigt"]


async def test_a_waiting_change_can_be_taken_back(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    await maren.cut()
    queued = await maren.desk.leads.change_step(lead, "Kontakt")
    assert isinstance(queued, Queued)
    assert isinstance(await maren.desk.leads.undo(queued.entry_id), Ok)
    assert maren.desk.outbox.waiting == 0
    await maren.mend()
    assert maren.step(lead) != "Kontakt"


async def test_a_confirmed_step_can_be_moved_back(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    await maren.desk.leads.change_step(lead, "Kontakt")
    ids: list[str] = []
    maren.desk.outbox.changed.subscribe(lambda change: ids.extend(change.entry_ids))
    await maren.desk.leads.change_step(lead, "Angebot")
    assert isinstance(await maren.desk.leads.undo(ids[0]), Ok)
    assert maren.step(lead) == "Kontakt"


async def conflict(town: Town) -> tuple[object, ...]:
    lead = town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    await maren.desk.leads.change_step(lead, "Neu")
    await jens.until(lambda: jens.step(lead) == "Neu")
    await maren.cut()
    queued = await maren.desk.leads.change_step(lead, "Kontakt")
    assert isinstance(queued, Queued)
    assert isinstance(await jens.desk.leads.change_step(lead, "Angebot"), Ok)
    await maren.mend()
    await maren.until(lambda: maren.desk.outbox.entries()[0].state is EntryState.CONFLICT)
    return lead, maren, jens, maren.desk.outbox.entries()[0]


async def test_two_steps_are_put_side_by_side_and_mine_can_win(town: Town) -> None:
    lead, maren, jens, entry = await conflict(town)
    facts = entry.conflict
    assert (facts.mine, facts.theirs) == ("Kontakt", "Angebot")
    assert facts.theirs_by == Personal("Jens Kröger")
    assert facts.theirs_at is not None
    assert maren.step(lead) == "Angebot"
    assert maren.desk.outbox.pending_step(lead) is None
    maren.desk.outbox.resolve(entry.entry_id, Side.MINE)
    await jens.until(lambda: jens.step(lead) == "Kontakt")
    await maren.until(lambda: maren.desk.outbox.waiting == 0)


async def test_two_steps_are_put_side_by_side_and_theirs_can_stand(town: Town) -> None:
    lead, maren, jens, entry = await conflict(town)
    maren.desk.outbox.resolve(entry.entry_id, Side.THEIRS)
    assert maren.desk.outbox.waiting == 0
    assert (maren.step(lead), jens.step(lead)) == ("Angebot", "Angebot")


async def test_a_lost_answer_is_unknown_and_done_exactly_once(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    before = await maren.desk.leads.notes(lead)
    assert isinstance(before, Ok)
    maren.line.lose_answers = 2
    outcome = await maren.desk.leads.add_note(lead, Personal("nur einmal"))
    assert isinstance(outcome, Unknown)
    entry = maren.desk.outbox.entry(outcome.entry_id)
    assert entry is not None
    assert entry.state is EntryState.UNKNOWN
    assert maren.desk.outbox.cancel(outcome.entry_id) is False
    maren.desk.outbox.set_online(True)
    await maren.until(lambda: maren.desk.outbox.waiting == 0)
    notes = await maren.desk.leads.notes(lead)
    assert isinstance(notes, Ok)
    assert len(notes.value) == len(before.value) + 1
    keys = [key for method, path, key in maren.line.sent if method == "POST" and path.endswith("/notes")]
    assert len(keys) >= 2
    assert len(set(keys)) == 1


async def test_a_deletion_while_offline_is_applied_before_anything_is_trusted(town: Town) -> None:
    lead, other = town.trade.add_lead(), town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    await maren.cut()
    await jens.desk.leads.delete(lead)
    shown: list[bool] = []
    maren.desk.sync.connection.changed.subscribe(
        lambda now: shown.append(maren.has(lead)) if now.phase is Phase.LIVE else None
    )
    assert maren.has(lead)
    await maren.mend()
    assert shown == [False]
    assert maren.has(other)


async def test_a_return_waits_for_nothing_when_what_happened_was_not_mine_to_know(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_POLL_SECONDS", 600.0)
    town.trade.policy(town.trade.wagner, "own-and-unassigned")
    lead = town.trade.add_lead(keeper="Jens")
    maren, jens = await town.office("Maren"), await town.office("Jens")
    assert (maren.has(lead), jens.has(lead)) == (False, True)
    await maren.cut()
    await jens.desk.leads.add_note(lead, Personal("intern"))
    await maren.mend()


async def test_a_restarted_server_means_loading_everything_anew(town: Town) -> None:
    lead, erased = town.trade.add_lead(), town.trade.add_lead()
    maren = await town.office("Maren")
    maren.desk.sync._cursor = 10_000_000
    maren.store.leads.remove(lead)
    await maren.cut()
    await maren.mend()
    await maren.until(lambda: maren.has(lead) and maren.desk.sync.progress.value.done)
    assert maren.has(erased)


async def test_closing_a_view_does_not_cancel_what_was_sent(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    view = asyncio.ensure_future(maren.desk.leads.change_step(lead, "Kontakt"))
    await asyncio.sleep(0)
    view.cancel()
    await asyncio.gather(view, return_exceptions=True)
    await maren.until(lambda: maren.step(lead) == "Kontakt" and maren.desk.outbox.waiting == 0)


async def test_lock_wipes_and_unlock_brings_back_with_what_waited(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    await maren.cut()
    await maren.desk.leads.add_note(lead, Personal("wartet"))
    maren.desk.lock()
    assert len(maren.store.leads) == 0
    assert maren.desk.sign_in.state.value is SessionState.LOCKED
    assert maren.desk.sign_in.me is not None
    await maren.desk.finish_lock()
    assert maren.work is not None
    await asyncio.wait_for(maren.work, 60)
    assert maren.desk.outbox.waiting == 1
    maren.line.cut = False
    wrong = await maren.desk.sign_in.unlock(Secret("not the password"))
    assert wrong == Refused(Reason.SIGN_IN)
    assert isinstance(await maren.desk.sign_in.unlock(Secret(PASSWORD)), Ok)
    maren.begin()
    await maren.until(lambda: maren.desk.sync.progress.value.done and maren.desk.outbox.waiting == 0)
    assert maren.has(lead)


async def test_sign_out_forgets_everything_and_the_token_is_dead(town: Town) -> None:
    town.trade.add_lead()
    maren = await town.office("Maren")
    await maren.cut()
    await maren.desk.leads.add_note(town.trade.add_lead(), Personal("x"))
    maren.line.cut = False
    async with asyncio.timeout(PATIENCE):
        await maren.desk.sign_in.sign_out()
    assert maren.desk.sign_in.me is None
    assert maren.desk.outbox.waiting == 0
    assert len(maren.store.leads) == len(maren.store.shares) == 0
    assert maren.work is not None
    await asyncio.wait_for(maren.work, 60)


async def test_a_kept_token_resumes_without_a_password(town: Town) -> None:
    maren = await town.office("Maren")
    later = await town.office()
    later.session.vault = later.session.bearer._vault = maren.session.vault
    assert isinstance(await later.desk.sign_in.resume(), Ok)
    assert later.desk.sign_in.me is not None


async def test_resume_without_connection_keeps_the_token(town: Town) -> None:
    maren = await town.office("Maren")
    later = await town.office()
    later.session.vault = later.session.bearer._vault = maren.session.vault
    later.line.cut = True
    assert await later.desk.sign_in.resume() == Offline()
    later.line.cut = False
    assert isinstance(await later.desk.sign_in.resume(), Ok)


async def test_a_rep_of_a_partner_sees_no_lead_of_others(town: Town) -> None:
    town.trade.add_lead()
    bjoern = await town.office("Björn")
    assert len(bjoern.store.leads) == 0
    assert bjoern.desk.offers.receives
    maren = await town.office("Maren")
    assert not maren.desk.offers.receives
    assert maren.desk.directory.name_of(town.trade.urn("Jens")) == "Jens Kröger"


async def test_conflict_on_approval_asks_to_look_again(town: Town) -> None:
    lead = town.trade.add_lead()
    maren, thomas = await town.office("Maren"), await town.office("Thomas")
    assert isinstance(await maren.desk.sharing.share(lead, town.trade.market, REASON), Ok)
    await thomas.until(thomas.desk.approvals.queue)
    request = thomas.desk.approvals.queue()[0]
    detail = await thomas.desk.approvals.detail(request.share_request_id)
    assert isinstance(detail, Ok)
    assert detail.value.preview is not None
    await maren.desk.leads.change_step(lead, "Kontakt")
    outcome = await thomas.desk.approvals.approve(request.share_request_id, detail.value.preview.lead_serial)
    assert isinstance(outcome, Conflict)
    rejected = await thomas.desk.approvals.reject(request.share_request_id, REASON)
    assert isinstance(rejected, Ok)
    assert thomas.desk.approvals.decided_today().rejected == 1
    await maren.until(lambda: maren.desk.sharing.requests()[0].status is ShareStatus.REJECTED)
