"""The relay: tells the other tenant the facts it may know, after the commit that made them.

Idempotent by (source tenant, position), resumed at start and looked after by the clock, so that a crash
between two tenants' logs heals, whichever process it was. What crosses: ids, codes and the frozen documents
of an approved share, nothing else.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leaddesk.contract.ids import Urn
from leaddesk.server.commands.delivery.fact import Fact
from leaddesk.server.commands.delivery.table import DELIVERIES
from leaddesk.server.eventlog.bulk import MOVE_RELAY
from leaddesk.server.eventlog.log import TenantLog, Unit
from leaddesk.server.eventlog.scope import Scope

if TYPE_CHECKING:
    from leaddesk.server.commands.office import Office

_KINDS = ", ".join(f"'{kind.__name__}'" for kind in DELIVERIES)
_PENDING = (
    "SELECT position, stream_id, kind, at, actor, version, key_id, payload FROM event"  # noqa: S608 - our own class names
    f" WHERE tenant_id = ? AND position > ? AND kind IN ({_KINDS}) ORDER BY position LIMIT 500"
)

FAR = 100
"""How many events behind the head the cursor may stay."""


def settle(office: "Office", scope: Scope) -> None:
    """Deliver everything of one tenant's log that has not been delivered.

    Where nothing was, the cursor stays for a while: a commit a change costs more than a few looks back.
    """
    log = office.log.for_tenant(scope)
    while True:
        with log.reading() as unit:
            head, told = unit.head()[0], _told(unit)
            pending = _pending(unit, told) if told < head else []
        for fact in pending:
            DELIVERIES[type(fact.event)](office.log, log, fact)
        if pending or head - told >= FAR:
            _move(log, pending[-1].position if pending else head)
        if not pending:
            return


def settling(office: "Office") -> Iterator[None]:
    """Deliver what a crash has left, tenant by tenant."""
    for scope in office.log.scopes():
        settle(office, scope)
        yield


def _told(unit: Unit) -> int:
    """Return up to where the log has been delivered."""
    cursor = unit.select("SELECT position FROM relay_cursor WHERE tenant_id = ?")
    return int(cursor[0][0]) if cursor else 0


def _pending(unit: Unit, told: int) -> list[Fact]:
    found = unit.select(_PENDING, told)
    facts = (_fact(unit, *row) for row in found)
    return [fact for fact in facts if fact is not None]


def _fact(
    unit: Unit, position: int, stream_id: str, kind: str, at: str, actor: str, *sealed: Any
) -> Fact | None:
    version, key_id, payload = sealed
    event = unit.event(stream_id, version, kind, key_id, payload)
    return Fact(unit.tenant, position, stream_id, at, Urn(actor), event) if event else None


def _move(log: TenantLog, position: int) -> None:
    with log.keeping() as unit:
        unit.run(MOVE_RELAY, position)
