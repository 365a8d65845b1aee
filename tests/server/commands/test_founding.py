"""A tenant is founded wholly, or what was begun goes again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.personal.masked import Secret
from leaddesk.server.commands import setup
from leaddesk.server.commands.erasure.founding import PATIENCE
from leaddesk.server.commands.erasure.tenants import finish_tenants
from leaddesk.server.commands.setup import EmailInUse, Founding, create_tenant
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import People
from tests.support.trade import PASSWORD, Trade

INSTRUCTION = ("olga", "Contract 2026-17", "T-1")
WANTED = Founding("Kramer KG", "Ada Kramer", "ada@kramer.example", Secret("ganz viele lange Wörter"))


class Crash(BaseException):
    """The process is gone."""


def founded(trade: Trade, wanted: Founding = WANTED) -> TenantId:
    return create_tenant(trade.services.office, trade.people, wanted, INSTRUCTION)


def finished(trade: Trade) -> int:
    return finish_tenants(trade.services.office, trade.people)


def new_scopes(trade: Trade) -> list[Scope]:
    old = {trade.wagner, trade.nord, trade.lorenzen}
    return [scope for scope in trade.services.office.log.scopes() if scope.tenant not in old]


def told(trade: Trade, scope: Scope) -> list[str]:
    with trade.services.office.log.for_tenant(scope).reading() as unit:
        found = unit.select("SELECT kind FROM event WHERE tenant_id = ? ORDER BY position")
        assert unit.select("SELECT COUNT(*) FROM erasure WHERE tenant_id = ?") == [(0,)]
    return [kind for (kind,) in found]


def dying(*_: object) -> None:
    raise Crash


def half(owner: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize(
    "at", [half(People, "add_tenant"), half(People, "add_person")], ids=["on record", "tenant entered"]
)
def test_what_a_crash_has_begun_goes_again(
    trade: Trade, at: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, pytest.raises(Crash):
        at(patched)
        founded(trade)
    (scope,) = new_scopes(trade)
    assert finished(trade) == 0, "it may still be under way"
    trade.now += PATIENCE + timedelta(seconds=1)
    assert finished(trade) == 1
    assert told(trade, scope) == ["OperatorIntervened", "TenantDeleted"]
    assert trade.people.firm_of(scope.tenant) is None
    assert finished(trade) == 0
    again = founded(trade)
    assert trade.people.members(again)[0].email == WANTED.email


def test_a_crash_after_the_admin_was_entered_leaves_the_tenant(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, pytest.raises(Crash):
        patched.setattr(setup, "note_founded", dying)
        founded(trade)
    (scope,) = new_scopes(trade)
    trade.now += 2 * PATIENCE
    assert finished(trade) == 0
    assert told(trade, scope) == ["OperatorIntervened"]
    assert trade.people.firm_of(scope.tenant) == "Kramer KG" and len(trade.people.members(scope.tenant)) == 1


def test_who_loses_a_race_for_an_address_leaves_nothing_half(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(People, "entrant", lambda *_: None)
    with pytest.raises(EmailInUse):
        founded(trade, Founding("Kramer KG", "Ada", "maren@x.example", Secret("ganz viele lange Wörter")))
    (scope,) = new_scopes(trade)
    assert told(trade, scope) == ["OperatorIntervened", "TenantDeleted"]
    assert trade.people.firm_of(scope.tenant) is None


async def test_a_founded_tenant_has_no_note_and_its_admin_signs_in(trade: Trade) -> None:
    tenant = founded(trade)
    assert told(trade, Scope(tenant)) == ["OperatorIntervened"]
    assert finished(trade) == 0
    assert PASSWORD and trade.people.entrant(WANTED.email) is not None


def test_the_note_stands_with_the_first_event_or_not_at_all(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Unit.run

    def failing(self: Unit, sql: str, *params: object) -> int:
        if sql.startswith("INSERT INTO erasure"):
            raise Crash
        return run(self, sql, *params)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(Crash):
        patched.setattr(Unit, "run", failing)
        founded(trade)
    assert new_scopes(trade) == []
