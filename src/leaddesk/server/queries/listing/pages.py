"""Pages and slices of lead rows, joined from the stored bytes: no model, no decoding (performance.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.eventlog.bulk import doc_of_payload
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import Sealed
from leaddesk.server.projections.leads import without_lists
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal, unseal
from leaddesk.server.queries.listing.filters import Filter, SortKey

FIRST_SLICE, SLICE = 100, 250
"""Rows of the stream's first and later slices: first rows soon, no slice longer than a few milliseconds."""

_KNOWN_COUNTS = 256
_OWN_OR_UNASSIGNED = " AND (l.keeper IS NULL OR l.keeper = ?)"
_FROM = (
    " FROM lead l LEFT JOIN event e"
    " ON l.doc IS NULL AND e.tenant_id = l.tenant_id AND e.position = l.position"
)


@dataclass(frozen=True, slots=True)
class Page:
    """An encoded array, its rows, the filter's total, and where the next page begins (absent: no more)."""

    body: bytes
    count: int
    total: int
    continuation: str | None
    position: int


@dataclass(frozen=True, slots=True)
class View:
    """A filter as one caller may apply it: the tenant's visibility rule is part of it (measure A10)."""

    caller: Caller
    filter: Filter
    with_lists: bool

    @property
    def where(self) -> str:
        """Write all conditions behind the tenant's."""
        return self.filter.where + ("" if self.caller.sees_all_leads else _OWN_OR_UNASSIGNED)

    @property
    def values(self) -> tuple[str, ...]:
        """Return the conditions' values."""
        return self.filter.values + (() if self.caller.sees_all_leads else (self.caller.urn,))

    @property
    def bound_to(self) -> str:
        """Name what a continuation is good for."""
        order = ",".join(key.sql for key in self.filter.order)
        return "\x1f".join((self.caller.tenant_id, self.where, *self.values, order, str(self.with_lists)))


def page(library: Library, view: View, size: int, continuation: str | None) -> Page:
    """Return one page. Raises ``Refused`` (invalid) for a continuation of another request."""
    after = unseal(library.secret, view.bound_to, continuation) if continuation else None
    with library.reading(view.caller) as unit:
        rows = _rows(unit, view, size + 1, after)
        docs = _docs(unit, view, rows[:size])
        position = unit.head()[0]
        total = _total(library, unit, view, position)
    more = seal(library.secret, view.bound_to, _place(rows[size - 1])) if len(rows) > size else None
    return Page(b"[" + b",".join(docs) + b"]", len(docs), total, more, position)


def total(library: Library, view: View) -> int:
    """Count the rows of a view."""
    with library.reading(view.caller) as unit:
        return _total(library, unit, view, unit.head()[0])


def slices(library: Library, view: View) -> Iterator[bytes]:
    """Give the whole set in slices of lines; between two slices anything else may happen.

    A row that changes meanwhile may come twice or not at all: the caller listens to the push stream first.
    """
    after, size = None, FIRST_SLICE
    while True:
        with library.reading(view.caller) as unit:
            rows = _rows(unit, view, size, after)
            docs = _docs(unit, view, rows)
        if docs:
            yield b"\n".join(docs) + b"\n"
        if len(rows) < size:
            return
        after, size = _place(rows[-1]), SLICE


def _rows(unit: Unit, view: View, size: int, after: list[str] | None) -> list[tuple[Any, ...]]:
    order = view.filter.order
    behind, values = _behind(order, after) if after else ("", [])
    columns = ", ".join(key.column for key in order)
    terms = ", ".join(key.sql for key in order)
    # Only constant text and column names are put together here; every value is a parameter.
    sql = (
        f"SELECT l.id, l.doc, l.key_id, l.owner_id, e.payload, {columns}{_FROM}"
        f" WHERE l.tenant_id = ?{view.where}{behind} ORDER BY {terms} LIMIT ?"
    )
    return unit.select(sql, *view.values, *values, size)


def _behind(order: tuple[SortKey, ...], after: list[str]) -> tuple[str, list[str]]:
    """Write "behind this row": one row comparison where all directions agree, else spelled out."""
    if len({key.descending for key in order}) == 1:
        sign = "<" if order[0].descending else ">"
        columns = ", ".join(key.column for key in order)
        return f" AND ({columns}) {sign} ({', '.join('?' * len(order))})", after
    terms, values = [], []
    for index, key in enumerate(order):
        equal = "".join(f"{earlier.column} = ? AND " for earlier in order[:index])
        terms.append(f"({equal}{key.column} {'<' if key.descending else '>'} ?)")
        values += after[: index + 1]
    return f" AND ({' OR '.join(terms)})", values


def _place(row: tuple[Any, ...]) -> list[str]:
    return list(row[5:])


def _docs(unit: Unit, view: View, rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    """Open the rows; one whose key was destroyed a moment ago is left out."""
    opened = unit.keys.open_many([_sealed(*row[:5]) for row in rows])
    docs = [
        plain if row[1] is not None else doc_of_payload(plain)
        for row, plain in zip(rows, opened, strict=True)
        if plain is not None
    ]
    return docs if view.with_lists else [without_lists(doc) for doc in docs]


def _sealed(lead_id: str, doc: bytes | None, key_id: str, owner: TenantId, payload: bytes | None) -> Sealed:
    if doc is None:
        return Sealed(owner, key_id, payload or b"", event_place(lead_id, 1))
    return Sealed(owner, key_id, doc, lead_place(lead_id))


def _total(library: Library, unit: Unit, view: View, position: int) -> int:
    key = (str(unit.tenant), position, view.where, library.mark_of(view.values))
    known = library.counts.get(key)
    if known is None:
        sql = f"SELECT COUNT(*) FROM lead l WHERE l.tenant_id = ?{view.where}"  # noqa: S608 - see _rows
        known = int(unit.select(sql, *view.values)[0][0])
        if len(library.counts) >= _KNOWN_COUNTS:
            library.counts.clear()
        library.counts[key] = known
    return known
