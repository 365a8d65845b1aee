"""A fault in this program is reported, told to the person and worked around; it never ends the work."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from leaddesk.desk import desk as room
from leaddesk.desk.mirror.connection import Connection
from leaddesk.desk.outbox import EntryState
from leaddesk.desk.outcomes import Ok, Unknown
from leaddesk.desk.sync import Phase
from leaddesk.personal.masked import Personal
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, Town

pytestmark = pytest.mark.warns("leaddesk.personal.unexpected")


class Planted(Exception):
    """A fault of a view or a clerk; its words stand for somebody's data."""


def fail(*_: Any) -> Any:
    raise Planted("Anna Meyer")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_FIRST_PAUSE", 0.2)


def phases(office: Office) -> list[Phase]:
    seen: list[Phase] = []

    def hear(now: Connection) -> None:
        seen.append(now.phase)

    office.desk.sync.connection.changed.subscribe(hear)
    return seen


async def test_failing_subscribers_of_every_topic_keep_nothing_from_arriving(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    lead = town.trade.add_lead()
    maren, jens = await town.office(), await town.office("Jens")
    desk, store = maren.desk, maren.store

    store.leads.changes.subscribe(fail)
    desk.leads.touched.subscribe(fail)
    desk.outbox.changed.subscribe(fail)
    for topic in (desk.sync.connection, desk.sync.progress, desk.sign_in.state):
        topic.changed.subscribe(fail)
    for other in (desk.offers, desk.sharing, desk.approvals, desk.directory):
        other.changed.subscribe(fail)
    await maren.start("Maren")
    assert isinstance(await jens.desk.leads.change_step(lead, "Kontakt"), Ok)
    await maren.until(lambda: maren.step(lead) == "Kontakt")
    assert isinstance(await desk.leads.add_note(lead, Personal("Rückruf")), Ok)
    assert maren.work is not None
    assert not maren.work.done()
    assert "Planted in fail:" in caplog.text
    assert "Meyer" not in caplog.text


async def test_a_fault_while_applying_changes_is_told_and_everything_loaded_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, erased = town.trade.add_lead(), town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    changes = maren.desk.sync._changes
    apply, lose = changes._apply_leads, changes._lose
    monkeypatch.setattr(changes, "_apply_leads", fail)
    monkeypatch.setattr(changes, "_lose", fail)
    await jens.desk.leads.change_step(lead, "Kontakt")
    await jens.desk.leads.delete(erased)
    await maren.until(lambda: maren.desk.sync.connection.value.phase is Phase.BROKEN)
    assert maren.desk.sync.connection.value.retry_at is not None
    monkeypatch.setattr(changes, "_apply_leads", apply)
    monkeypatch.setattr(changes, "_lose", lose)
    await maren.until(lambda: maren.desk.sync.connection.value.phase is Phase.LIVE)
    assert maren.desk.sync.progress.value.done
    assert maren.step(lead) == "Kontakt"
    assert not maren.has(erased)


async def test_nothing_counts_as_trusted_between_a_fault_and_the_new_load(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    trusted: list[bool] = []
    loader = maren.desk.sync._loader
    load, changes = loader.load, maren.desk.sync._changes
    apply = changes._apply_leads

    async def watched(*arguments: Any) -> None:
        await jens.desk.leads.change_step(lead, "Angebot")  # a live message before the load is through
        await asyncio.sleep(0.1)
        trusted.append(maren.desk.sync.trusted)
        await load(*arguments)

    monkeypatch.setattr(loader, "load", watched)
    monkeypatch.setattr(changes, "_apply_leads", fail)
    await jens.desk.leads.change_step(lead, "Kontakt")
    await maren.until(lambda: maren.desk.sync.connection.value.phase is Phase.BROKEN)
    monkeypatch.setattr(changes, "_apply_leads", apply)
    await maren.until(lambda: maren.desk.sync.trusted and maren.step(lead) == "Angebot")
    assert trusted == [False]


async def test_a_fault_with_one_answer_leaves_it_unknown_and_stops_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, other = town.trade.add_lead(), town.trade.add_lead()
    maren = await town.office("Maren")
    seen = phases(maren)
    post: Any = maren.desk.outbox._post
    monkeypatch.setattr(post, "take", fail)
    outcome = await maren.desk.leads.add_note(lead, Personal("nur einmal"))
    assert isinstance(outcome, Unknown)
    assert maren.desk.outbox.entries()[0].state is EntryState.UNKNOWN
    monkeypatch.undo()
    assert isinstance(await maren.desk.leads.change_step(other, "Kontakt"), Ok)
    maren.desk.outbox.set_online(True)
    await maren.until(lambda: maren.desk.outbox.waiting == 0)
    notes = await maren.desk.leads.notes(lead)
    assert isinstance(notes, Ok)
    assert [note.text for note in notes.value].count("nur einmal") == 1
    assert Phase.BROKEN not in seen


async def test_a_lock_while_waiting_to_begin_again_ends_the_work(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    maren = await town.office("Maren")
    monkeypatch.setattr(room, "_FIRST_PAUSE", 30.0)
    monkeypatch.setattr(maren.desk.sync._changes, "_apply_leads", fail)
    town.trade.add_lead()
    await maren.until(lambda: maren.desk.sync.connection.value.phase is Phase.BROKEN)
    maren.desk.lock()
    assert maren.work is not None
    await asyncio.wait_for(maren.work, 60)
    assert maren.desk.sign_in.state.value is SessionState.LOCKED
    assert len(maren.store.leads) == 0
