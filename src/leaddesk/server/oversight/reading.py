"""Reading the access log: pages of entries, newest first, as they are kept – with pseudonyms."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaddesk.contract.ids import TenantId
from leaddesk.server.oversight.chain import Segment
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.storage import AccessStorage, Value

_COLUMNS = "at, person, role, action, thing, purpose, result, detail, position"
_SEGMENTS = (
    "SELECT first, last, link, sealed_at, signature FROM access_segment WHERE tenant_id = ? ORDER BY last"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: terms over columns with their values, ``("action = ?", "lead.read")``."""

    terms: tuple[tuple[str, str], ...] = ()
    things: tuple[str, ...] | None = None

    @property
    def where(self) -> str:
        """Write the conditions behind the tenant's; column names and placeholders only."""
        things = (
            "" if self.things is None else f" AND thing IN ({', '.join('?' * len(self.things)) or 'NULL'})"
        )
        return "".join(f" AND {term}" for term, _ in self.terms) + things

    @property
    def values(self) -> tuple[str, ...]:
        """Return the conditions' values."""
        return tuple(value for _, value in self.terms) + (self.things or ())


def page(storage: AccessStorage, tenant: TenantId, wanted: Wanted, before: int, size: int) -> list[Entry]:
    """Return up to ``size`` entries below a position, newest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM access_entry WHERE tenant_id = ?{wanted.where}"  # noqa: S608 - our own terms
        " AND position < ? ORDER BY position DESC LIMIT ?"
    )
    values: Sequence[Value] = (tenant, *wanted.values, before, size)
    with storage.reading() as rows:
        return [Entry(tenant, *row) for row in rows.select(sql, values)]


def chained(storage: AccessStorage, tenant: TenantId) -> list[tuple[Entry, bytes]]:
    """Return a tenant's whole log with its links, by position, to be verified or exported."""
    sql = f"SELECT {_COLUMNS}, link FROM access_entry WHERE tenant_id = ? ORDER BY position"  # noqa: S608
    with storage.reading() as rows:
        return [(Entry(tenant, *row[:-1]), row[-1]) for row in rows.select(sql, (tenant,))]


def segments(storage: AccessStorage, tenant: TenantId) -> list[Segment]:
    """Return a tenant's signed segments by position."""
    with storage.reading() as rows:
        found = rows.select(_SEGMENTS, (tenant,))
    return [Segment(tenant, *row) for row in found]
