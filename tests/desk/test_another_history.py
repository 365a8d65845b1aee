"""The server was restored to an earlier time: the desk shows what is there now and keeps what waits."""

from __future__ import annotations

import asyncio

import pytest

from leaddesk.api.client import ApiClient
from leaddesk.contract.rows import LeadRow
from leaddesk.desk.mirror import changes
from leaddesk.desk.outcomes import Ok
from tests.desk.conftest import Town

PATIENCE = 60.0


@pytest.mark.parametrize("written_since", [0, 6], ids=["behind", "further"])
async def test_after_a_restore_everything_is_loaded_anew_and_what_waits_is_kept(
    town: Town, written_since: int
) -> None:
    first, other, late = town.trade.add_leads(3)
    backup = town.trade.storage.dump()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    assert isinstance(await jens.desk.leads.change_step(first, "Kontakt"), Ok)
    assert isinstance(await jens.desk.leads.change_step(first, "Angebot"), Ok)
    await maren.until(lambda: maren.step(first) == "Angebot", PATIENCE)
    await maren.cut()
    await maren.desk.leads.change_step(other, "Kontakt")
    assert maren.step(other) != "Kontakt"

    town.trade.restore(backup)
    for number in range(written_since):
        await (await town.trade.sign_in("Thomas")).done(f"/leads/{late}/notes", text=f"Notiz {number}")
    maren.line.cut = False
    maren.desk.sync.retry_now()
    await maren.until(lambda: maren.desk.sync.trusted and maren.step(first) != "Angebot", PATIENCE)
    await maren.until(lambda: maren.step(other) == "Kontakt", PATIENCE)
    row = await (await town.trade.sign_in("Thomas")).get(f"/leads/{other}")
    assert row["commission"]["step"] == "Kontakt"
    assert len(maren.store.leads) == 3


async def test_an_answer_from_before_the_restore_counts_for_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = town.trade.add_leads(2)
    backup = town.trade.storage.dump()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    asked, answered, read = asyncio.Event(), asyncio.Event(), changes.read_row

    async def read_late(client: ApiClient, lead_id: str) -> LeadRow:
        row = await read(client, lead_id)
        asked.set()
        await answered.wait()
        return row

    monkeypatch.setattr(changes, "read_row", read_late)
    assert isinstance(await jens.desk.leads.change_step(first, "Kontakt"), Ok)
    await asyncio.wait_for(asked.wait(), PATIENCE)
    await maren.cut()
    town.trade.restore(backup)
    maren.line.cut = False
    maren.desk.sync.retry_now()
    sync = maren.desk.sync
    await maren.until(lambda: sync.trusted and sync._changes._history > 0, PATIENCE)
    answered.set()
    assert isinstance(await jens.desk.leads.change_step(other, "Kontakt"), Ok)
    await maren.until(lambda: maren.step(other) == "Kontakt", PATIENCE)
    assert maren.step(first) != "Kontakt"
