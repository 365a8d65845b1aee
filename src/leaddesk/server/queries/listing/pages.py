"""Pages and slices of lead rows, joined from the stored bytes: no model, no decoding (performance.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leaddesk.server.eventlog.bulk import span_in_payload
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import Joined, SealedColumns
from leaddesk.server.projections.leads import lists_in
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal, unseal
from leaddesk.server.queries.listing.filters import Filter, SortKey
from leaddesk.server.queries.listing.totals import count, count_range

FIRST_SLICE, SLICE = 100, 250
"""Rows of the stream's first and later slices: first rows soon, no slice longer than a few milliseconds."""

_KNOWN_COUNTS = 256
_OWN_OR_UNASSIGNED = " AND (l.keeper IS NULL OR l.keeper = ?)"
_COLUMNS = (
    "NULLIF(l.owner_id, l.tenant_id), l.key_id, COALESCE(l.doc, (SELECT e.payload FROM event e"
    " WHERE e.tenant_id = l.tenant_id AND e.position = l.position)), l.id, l.doc IS NULL"
)
"""Of a row: whose key it lies under if not ours; its bytes, or of a lead that stores none the payload that
ends with them (eventlog.bulk), and which of the two it is."""
_ID, _SHARED = 3, 4

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """An encoded array, its rows, the filter's total, and where the next page begins (absent: no more)."""

    body: memoryview
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
    bound_to = view.bound_to
    after = unseal(library.secret, bound_to, continuation) if continuation else None
    with library.reading(view.caller) as unit:
        rows = _rows(unit, view, size + 1, after)
        body, count = _array(unit, view, rows[:size])
        position = unit.head()[0]
        total = _total(library, unit, view)
    more = seal(library.secret, bound_to, _place(rows[size - 1])) if len(rows) > size else None
    return Page(body, count, total, more, position)


def total(library: Library, view: View) -> int:
    """Count the rows of a view."""
    with library.reading(view.caller) as unit:
        return _total(library, unit, view)


def slices(library: Library, view: View) -> Iterator[memoryview]:
    """Give the whole set in slices of lines; between two slices anything else may happen.

    A row that changes meanwhile may come twice or not at all: the caller listens to the push stream first.
    """
    after, size = None, FIRST_SLICE
    while True:
        with library.reading(view.caller) as unit:
            rows = _rows(unit, view, size, after)
            lines = _lines(unit, view, rows)
        if lines:
            yield lines
        if len(rows) < size:
            return
        after, size = _place(rows[-1]), SLICE


def _rows(unit: Unit, view: View, size: int, after: list[str] | None) -> list[Row]:
    order = view.filter.order
    behind, values = _behind(order, after) if after else ("", [])
    terms = ", ".join(key.sql for key in order)
    # Only constant text and column names are put together here; every value is a parameter.
    sql = (
        f"SELECT {_COLUMNS}{''.join(f', {key.column}' for key in order[:-1])} FROM lead l"  # noqa: S608
        f" WHERE l.tenant_id = ?{view.where}{behind} ORDER BY {terms} LIMIT ?"
    )
    # Without conditions there is one way, which is planned once.
    return (unit.search if view.where else unit.select)(sql, *view.values, *values, size)


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


def _place(row: Row) -> list[str]:
    """Tell where a row stands: the values it is sorted by, the id last."""
    return [*row[_SHARED + 1 :], row[_ID]]


def _array(unit: Unit, view: View, rows: Sequence[Row]) -> tuple[memoryview, int]:
    """Join the rows to a JSON array; returns it and how many are in it."""
    buffer, count = _joined(unit, view, rows, b",")
    if not count:
        return memoryview(b"[]"), 0
    buffer[0], buffer[-1] = b"[]"
    return memoryview(buffer), count


def _lines(unit: Unit, view: View, rows: Sequence[Row]) -> memoryview:
    """Join the rows to lines, each with its end."""
    return memoryview(_joined(unit, view, rows, b"\n")[0])[1:]


def _joined(unit: Unit, view: View, rows: Sequence[Row], joint: bytes) -> tuple[bytearray, int]:
    """Open the rows side by side: a joint, a row, …, a joint. One whose key was destroyed is left out.

    Rows are opened where they will leave from; only what has to be cut is copied once more.
    """
    if not rows:
        return bytearray(joint), 0
    owners, key_ids, contents, lead_ids, shared, *_ = zip(*rows, strict=True)
    tenants = [owner or unit.tenant for owner in owners] if any(owners) else [unit.tenant] * len(rows)
    places = list(map(lead_place, lead_ids))
    if any(shared):
        places = [event_place(row[_ID], 1) if row[_SHARED] else lead_place(row[_ID]) for row in rows]
    opened = unit.keys.open_joined(SealedColumns(tenants, key_ids, contents, places), joint)
    if any(shared) or not view.with_lists:
        docs = _cut(opened, shared, view.with_lists)
        return bytearray(joint).join([b"", *docs, b""]), len(docs)
    return opened.buffer, len(rows) - opened.sizes.count(None)


def _cut(opened: Joined, shared: Sequence[bool], with_lists: bool) -> list[bytearray]:
    """Cut out what travels: of a payload the row in it, of a row what stands around its field lists."""
    buffer, docs = opened.buffer, []
    for in_payload, span in zip(shared, opened.spans(), strict=True):
        if span is None:
            continue
        begin, end = span_in_payload(buffer, *span) if in_payload else span
        if with_lists:
            docs.append(buffer[begin:end])
        else:
            first, last = lists_in(buffer, begin, end)
            docs.append(buffer[begin:first] + buffer[last:end])
    return docs


def _total(library: Library, unit: Unit, view: View) -> int:
    """Count what fits; known for one state of the log, which a restore may change under the same position."""
    key = (str(unit.tenant), unit.head(), view.where, library.mark_of(view.values))
    known = library.counts.get(key)
    if known is None:
        times = view.filter.one_time if view.caller.sees_all_leads else None
        if times:
            known = count_range(unit, times)
        else:
            known = count(unit, view.where, view.values, times=view.filter.is_about_times)
        if len(library.counts) >= _KNOWN_COUNTS:
            library.counts.clear()
        library.counts[key] = known
    return known
