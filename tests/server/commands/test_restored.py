"""Data that was restored to before an erasure, read with today's keys: what was erased goes again."""

from __future__ import annotations

from typing import Any

import pytest

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.commands.erasure import restored
from leaddesk.server.commands.erasure.leads import _keys as keys_of_lead
from leaddesk.server.commands.erasure.restored import REASON, RESTORE_URN, erase_again
from leaddesk.server.domain.events import LeadDeleted, TenantDeleted
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import hook_key, partner_key
from tests.support.trade import Person, Trade


async def worked_and_offered(trade: Trade) -> str:
    """Prepare a lead with notes, one partner that works it and one that only saw it."""
    lead_id = trade.add_lead()
    maren, bjoern = [await trade.sign_in(name) for name in ("Maren", "Björn")]
    await maren.done(f"/leads/{lead_id}/notes", text="Notiz")
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="Region")
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    return lead_id


def came_back(trade: Trade, lead_id: str) -> None:
    """Make the database what a restore to before an erasure makes it: rows are there, keys are not."""
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        keys = keys_of_lead(unit, lead_id)
    trade.keys.destroy(trade.wagner, keys)


async def listed(person: Person) -> tuple[list[str], int]:
    """Return the ids that a list shows, and how many it says there are."""
    answer = await person.client.get("/leads")
    return [row["lead"]["leadId"] for row in answer.json()], int(answer.headers["x-total"])


def again(trade: Trade) -> int:
    return erase_again(trade.services.office, trade.people)


async def test_what_came_back_is_in_no_list_and_no_count(trade: Trade) -> None:
    lead_id, kept = await worked_and_offered(trade), trade.add_lead()
    jens, bjoern, finn = [await trade.sign_in(name) for name in ("Jens", "Björn", "Finn")]
    assert again(trade) == 0
    came_back(trade, lead_id)
    assert await listed(jens) == ([kept], 2), "or this shows nothing: it is counted although it is gone"
    assert await listed(bjoern) == ([], 1)

    assert again(trade) == 1
    assert await listed(jens) == ([kept], 1)
    assert await listed(bjoern) == ([], 0)
    for person in (jens, bjoern, finn):
        assert (await person.client.get(f"/leads/{lead_id}")).status_code == 404
        assert await person.get("/share-requests") == []
        assert all("document" not in offer for offer in await person.get("/offers"))
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (deleted,) = unit.stream(lead_id)
        assert unit.select("SELECT * FROM deadline WHERE tenant_id = ?") == []
    assert (deleted.actor, deleted.event) == (
        RESTORE_URN,
        LeadDeleted(sorted([trade.nord, trade.lorenzen]), REASON),
    )
    assert again(trade) == 0


async def test_files_of_what_came_back_go_too(trade: Trade) -> None:
    lead_id = trade.add_lead()
    jens = await trade.sign_in("Jens")
    ticket = await jens.done(f"/leads/{lead_id}/attachments", filename="plan.txt", contentType="text/plain")
    sent = await jens.client.post("/uploads", data=ticket["fields"], files={"file": ("plan.txt", b"Plan")})
    assert sent.status_code < 300, sent.text
    came_back(trade, lead_id)
    again(trade)
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        for table in ("attachment", "attachment_block", "lead"):
            assert unit.select(f"SELECT * FROM {table} WHERE tenant_id = ?") == []


async def test_a_crash_in_the_middle_is_made_good_the_next_time(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = trade.add_leads(5)
    for lead_id in leads[:4]:
        came_back(trade, lead_id)
    monkeypatch.setattr(restored, "TOGETHER", 2)
    real, calls = restored._erase_leads, list[Any]()

    def dying(*given: Any) -> int:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(restored, "_erase_leads", dying)
    with pytest.raises(KeyboardInterrupt):
        again(trade)
    jens = await trade.sign_in("Jens")
    assert (await listed(jens))[1] == 3
    assert again(trade) == 2
    assert await listed(jens) == ([leads[4]], 1)


async def test_an_erasure_under_way_is_left_to_itself(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_id = trade.add_lead()
    jens = await trade.sign_in("Jens")
    with monkeypatch.context() as patched:
        patched.setattr("leaddesk.server.commands.erasure.leads._remove", lambda *_: None)
        assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    assert again(trade) == 0
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        assert len(unit.select("SELECT * FROM erasure WHERE tenant_id = ?")) == 1


async def test_a_key_store_older_than_the_data_is_believed_from_its_beginning(trade: Trade) -> None:
    lead_id = trade.add_lead()
    came_back(trade, lead_id)
    with trade.services.office.log.for_tenant(restored.BOOKS).keeping() as unit:
        unit.run("INSERT INTO known_destruction (tenant_id, generation) VALUES (?, ?)", 1_000)
    assert again(trade) == 1


async def test_webhooks_and_records_of_partners_that_came_back_go_too(trade: Trade) -> None:
    thomas, bjoern = [await trade.sign_in(name) for name in ("Thomas", "Björn")]
    hook = await thomas.done("/webhooks", url="https://hooks.example.com/x", eventName=next(iter(HookEvent)))
    (partner,) = [one for one in await thomas.get("/sales-partners") if one["name"].startswith("Solar")]
    lead_id = await worked_and_offered(trade)
    trade.keys.destroy(trade.wagner, [hook_key(hook["hookId"]), partner_key(partner["salesPartnerId"])])
    assert again(trade) == 2
    assert await thomas.get("/webhooks") == []
    assert [one["name"] for one in await thomas.get("/sales-partners")] == ["Lorenzen GmbH"]
    assert await listed(bjoern) == ([], 0)
    assert (await bjoern.client.get(f"/leads/{lead_id}")).status_code == 404


async def test_a_whole_tenant_that_came_back_goes_again_here_and_at_its_partners(trade: Trade) -> None:
    await worked_and_offered(trade)
    jens, bjoern = [await trade.sign_in(name) for name in ("Jens", "Björn")]
    trade.keys.destroy_tenant(trade.wagner)
    assert (await listed(bjoern))[1] == 1
    assert again(trade) == 1
    assert (await jens.client.get("/leads")).status_code == 401
    assert await listed(bjoern) == ([], 0)
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (event,) = unit.stream("tenant")
    assert isinstance(event.event, TenantDeleted)
    assert set(event.event.recipients) == {trade.nord, trade.lorenzen}
    assert again(trade) == 0
