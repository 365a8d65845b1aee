"""Forms, pipelines, markets and sales partners of a tenant, as their last definition has them."""

from typing import Any

import msgspec

from leaddesk.server.domain.events import Defined
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.keys.places import reference_place
from leaddesk.server.keys.port import TENANT_KEY

STREAM = "tenant"
POLICY, API_KEY = "policy", "api-key"
FORM, PIPELINE, MARKET, SALES_PARTNER, FORMER_PARTNER, FOREIGN_PIPELINE = (
    "form",
    "pipeline",
    "market",
    "sales-partner",
    "former-partner",
    "foreign-pipeline",
)


def define(unit: Unit, defined: Defined, stamp: Stamp) -> None:
    """Set a reference by an event of the tenant's own stream."""
    unit.append(STREAM, unit.version_of(STREAM), [defined], stamp)
    store(unit, defined.area, defined.id, defined.doc)


def store(unit: Unit, kind: str, reference_id: str, doc: dict[str, Any]) -> None:
    """Write a reference anew, at its old place or behind all others of its kind."""
    known = unit.select("SELECT id, rank, serial FROM reference WHERE tenant_id = ? AND kind = ?", kind)
    rank, serial = next(((row[1], row[2]) for row in known if row[0] == reference_id), (len(known), 0))
    sealed = unit.keys.seal(
        unit.tenant, TENANT_KEY, msgspec.json.encode(doc), reference_place(kind, reference_id)
    )
    unit.run("DELETE FROM reference WHERE tenant_id = ? AND kind = ? AND id = ?", kind, reference_id)
    unit.run(
        "INSERT INTO reference (tenant_id, kind, id, rank, serial, doc) VALUES (?, ?, ?, ?, ?, ?)",
        kind,
        reference_id,
        rank,
        serial + 1,
        sealed,
    )


def remove(unit: Unit, kind: str, reference_id: str) -> None:
    """Take a reference away."""
    unit.run("DELETE FROM reference WHERE tenant_id = ? AND kind = ? AND id = ?", kind, reference_id)


def all_of(unit: Unit, kind: str) -> list[bytes]:
    """Return the encoded references of a kind in their order."""
    found = unit.select(
        "SELECT id, doc FROM reference WHERE tenant_id = ? AND kind = ? ORDER BY rank, id", kind
    )
    return [_opened(unit, kind, *row) for row in found]


def one_of(unit: Unit, kind: str, reference_id: str) -> bytes | None:
    """Return one encoded reference."""
    found = unit.select(
        "SELECT doc FROM reference WHERE tenant_id = ? AND kind = ? AND id = ?", kind, reference_id
    )
    return _opened(unit, kind, reference_id, found[0][0]) if found else None


def _opened(unit: Unit, kind: str, reference_id: str, doc: bytes) -> bytes:
    return unit.keys.open(unit.tenant, TENANT_KEY, doc, reference_place(kind, reference_id))
