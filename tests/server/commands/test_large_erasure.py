"""A tenant of any size goes in steps that each end soon, and a crash between two of them is made good."""

from __future__ import annotations

from typing import Any

import pytest

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.commands.erasure import rows
from leaddesk.server.commands.erasure import tenants as ending
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.schema import CONTENT_TABLES
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.custody import ending as custody
from leaddesk.server.keys.port import lead_key
from tests.support.trade import Trade

ASKED = OperatorIntervened("olga", "tenant-deletion", "The contract has ended.", "TICKET-7")
LEADS, STEP = 14, 3


class Crash(BaseException):
    """The process is gone."""


@pytest.fixture
def stepwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", STEP)


async def filled(trade: Trade) -> list[Any]:
    """Give a tenant rows in many tables, and a neighbour that keeps its own."""
    leads = list(trade.add_leads(LEADS))
    maren, imke = [await trade.sign_in(name) for name in ("Maren", "Imke")]
    for lead_id in leads[:5]:
        await maren.done(f"/leads/{lead_id}/notes", text="Notiz")
        await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="Region")
    await imke.done("/webhooks", url="https://hooks.example.com/x", eventName=next(iter(HookEvent)))
    return leads


def left(trade: Trade, tenant: str) -> dict[str, int]:
    with trade.services.office.log.for_tenant(Scope(tenant)).reading() as unit:  # type: ignore[arg-type]
        counts = {
            table: unit.select(f"SELECT COUNT(*) FROM {table} WHERE tenant_id = ?")[0][0]
            for table in CONTENT_TABLES
        }
    return {table: count for table, count in counts.items() if count}


async def test_no_statement_takes_more_than_a_batch_and_nobody_else_loses_a_row(
    trade: Trade, stepwise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(trade)
    before, taken, run = left(trade, trade.nord), list[int](), Unit.run

    def counted(self: Unit, sql: str, *params: Any) -> int:
        count = run(self, sql, *params)
        if sql.startswith("DELETE FROM") and self.tenant == trade.wagner:
            taken.append(count)
        return count

    assert {"lead", "share_request", "deadline", "idempotency"} <= left(trade, trade.wagner).keys()
    monkeypatch.setattr(Unit, "run", counted)
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).writing() as unit:
        unit.run(
            "INSERT INTO erasure (tenant_id, lead_id, at, actor, doc) VALUES (?, '', '', 'urn:x', ?)",
            '{"reason": "", "reference": "", "recipients": []}',
        )
    ending.finish_tenant(trade.services.office, trade.people, Scope(trade.wagner))
    assert max(taken) == STEP and sum(taken) > LEADS
    assert left(trade, trade.wagner) == {} and left(trade, trade.nord) == before


@pytest.mark.parametrize("steps", [1, 3, 7])
async def test_a_crash_between_two_batches_is_made_good(
    trade: Trade, stepwise: None, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(trade)
    real, done = rows._removed, list[int]()

    def dying(*given: Any) -> Any:
        if len(done) == steps:
            raise Crash
        done.append(1)
        return real(*given)

    monkeypatch.setattr(rows, "_removed", dying)
    with pytest.raises(Crash):
        ending.delete_tenant(trade.services.office, trade.people, Scope(trade.wagner), ASKED)
    monkeypatch.setattr(rows, "_removed", real)
    assert left(trade, trade.wagner)
    bjoern = await trade.sign_in("Björn")  # whoever held something of it is served meanwhile
    assert (await bjoern.client.get("/offers")).status_code == 200
    assert ending.finish_tenants(trade.services.office, trade.people) == 1
    assert left(trade, trade.wagner) == {}
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        assert [type(one.event).__name__ for one in unit.stream("tenant")] == ["TenantDeleted"]
    assert ending.finish_tenants(trade.services.office, trade.people) == 0


async def test_keys_are_dead_before_they_are_overwritten_and_a_crash_between_changes_nothing(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = (await filled(trade))[0]
    bjoern, real, done = await trade.sign_in("Björn"), custody._overwritten, list[int]()

    def dying(both: Any, tenant: str, after: str, _batch: int) -> Any:
        if len(done) == 2:
            raise Crash
        done.append(1)
        return real(both, tenant, after, STEP)

    monkeypatch.setattr(custody, "_overwritten", dying)
    with pytest.raises(Crash):
        ending.delete_tenant(trade.services.office, trade.people, Scope(trade.wagner), ASKED)
    monkeypatch.setattr(custody, "_overwritten", real)
    first, second = trade.keys.store.mirrors
    with first.reading() as found:
        assert len(found.living(trade.wagner, "", 1_000)) > STEP
    trade.keys.forget_unwrapped()
    assert trade.keys.data_keys(trade.wagner, [lead_key(lead_id)]) == {}
    assert (await bjoern.client.get("/offers")).status_code == 200
    assert sum(trade.keys.turn_epoch()) > 0, "what cannot be unwrapped does not stop the night"
    trade.keys.heal()
    for mirror in (first, second):
        with mirror.reading() as found:
            assert found.living(trade.wagner, "", 10) == []
            assert found.living(trade.nord, "", 10) != []
    with first.reading() as one, second.reading() as other:
        assert list(one.everything()) == list(other.everything())
    assert ending.finish_tenants(trade.services.office, trade.people) == 1
    assert left(trade, trade.wagner) == {}
