"""Checking logs where they lie: every row of every tenant, read as the auditor, in batches.

An export ends at the first line that is none; here every fault is a finding of its own, and the walk goes on
behind it. Nothing is opened: no key is needed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive.heads import Head
from leaddesk.server.archive.outside import Outside
from leaddesk.server.eventlog import chain
from leaddesk.server.oversight import chain as access_chain
from leaddesk.server.oversight.chain import Segment
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.storage import Rows

BATCH = 1_000
MOST = 1_000
"""Findings; whoever has more has none to spare."""

_EVENTS = (
    "SELECT position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload FROM event"
    " WHERE tenant_id = ? AND position > ? ORDER BY position LIMIT ?"
)
_HEAD = "SELECT position, chain FROM tenant_head WHERE tenant_id = ?"
_SIGNED = "SELECT position, link, signed_at, signature FROM signed_head WHERE tenant_id = ? ORDER BY position"
_ENTRIES = (
    "SELECT position, at, person, role, action, thing, purpose, result, detail, link FROM access_entry"
    " WHERE tenant_id = ? AND position > ? ORDER BY position LIMIT ?"
)
_ACCESS_HEAD = "SELECT position, link, sealed FROM access_head WHERE tenant_id = ?"
_SEGMENTS = (
    "SELECT first, last, link, sealed_at, signature FROM access_segment WHERE tenant_id = ? ORDER BY last"
)

Link = Callable[[bytes], bytes]
"""Computes a row's link from the one before."""
Walked = tuple[int, bytes, Link | None]
"""Position, stored link, and how it is computed; nothing for a row no log of ours holds."""
Reading = Callable[[TenantId], AbstractContextManager[Rows]]


@dataclass(slots=True)
class Report:
    """What was found, and how much was looked at; ``notes``: what is no fault, and should be known."""

    events: int = 0
    entries: int = 0
    signatures: int = 0
    tenants: int = 0
    unsigned: int = 0
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def find(self, what: str) -> None:
        """Note a fault."""
        if len(self.findings) < MOST:
            self.findings.append(what)


@dataclass(slots=True)
class Walk:
    """A chain as far as it was followed; ``links``: those at the positions that were wished for."""

    name: str
    report: Report
    link: bytes
    wished: set[int]
    position: int = 0
    links: dict[int, bytes] = field(default_factory=dict)

    def over(self, rows: Iterable[Walked]) -> None:
        """Follow a chain row by row; one fault is one finding."""
        before: tuple[bytes, ...] = (self.link,)
        for position, stored, link in rows:
            if position != self.position + 1:
                self._missing(position)
                before = ()
            computed = [link(one) for one in before] if link is not None else [b""]
            if computed and stored not in computed:
                self.report.find(f"{self.name} {position}: changed")
            before = (stored, *computed[:1])
            self.position, self.link = position, stored
            if position in self.wished:
                self.links[position] = stored

    def ends(self, head: Sequence[tuple[int, bytes]]) -> None:
        """Hold the end of the chain against what the database says it is."""
        position, link = head[0] if head else (0, None)
        if position > self.position:
            self._missing(position + 1)
        elif position < self.position or (position and link != self.link):
            self.report.find(f"{self.name} {self.position}: the head does not say that the log ends here")

    def _missing(self, following: int) -> None:
        first, last = self.position + 1, following - 1
        which = str(first) if first >= last else f"{first} to {last}"
        self.report.find(f"{self.name} {which}: missing or out of order")


class Check:
    """One tenant after the other. ``outside`` absent: only what is inconsistent in itself is found."""

    def __init__(self, log_id: str, data: Reading, accesses: Reading, outside: Outside | None) -> None:
        self.report = Report()
        self._log_id = log_id
        self._data, self._accesses = data, accesses
        self._outside = outside or Outside(b"", ())
        self._is_sure = outside is not None
        self._outer = _by_tenant(self._outside.heads(log_id))
        self._void = _by_tenant(self._outside.void_heads(log_id))
        self._outer_segments = _by_tenant(self._outside.segments(log_id))

    def run(self, tenants: Iterable[str], readers: Iterable[str]) -> Report:
        """Check the logs of ``tenants`` and the access logs of ``readers``, and what should be among them.

        ``readers`` are without those of other logs: a sink may be of several.
        """
        known = set(tenants)
        for tenant in sorted({*known, *self._outer}):
            self.report.tenants += tenant in known
            self._log(TenantId(tenant))
        for tenant in sorted({*readers, *known, *self._outer}):
            self._access(TenantId(tenant))
        for one in self._outside.restores(self._log_id):
            self._signed(one.message(), one.signature, f"sink, restore to {one.to}")
        if self._is_sure and known and not self._outer:
            self.report.notes.append("sink: nothing of this log was ever signed")
        return self.report

    def _log(self, tenant: TenantId) -> None:
        outer, void = self._outer[tenant], self._void[tenant]
        with self._data(tenant) as rows:
            inner = [Head(self._log_id, tenant, *row) for row in rows.select(_SIGNED, (tenant,))]
            wished = {head.position for head in (*inner, *outer)}
            name = f"tenant {tenant}, event"
            walk = Walk(name, self.report, chain.genesis(self._log_id, tenant), wished)
            walk.over(_events(rows, tenant))
            walk.ends([(row[0], row[1]) for row in rows.select(_HEAD, (tenant,))])
        self.report.events += walk.position
        self._heads(walk, inner, outer)
        self._reached(tenant, walk, inner, void)

    def _heads(self, walk: Walk, inner: Sequence[Head], outer: Sequence[Head]) -> None:
        where = walk.name.replace(", event", ", head of event")
        for head in inner:
            self._signed(head.message(), head.signature, f"{where} {head.position}")
            self._meets(walk, where, head.position, head.link)
        if any(one.signed_at > following.signed_at for one, following in pairwise(inner)):
            self.report.find(f"{where}: signed out of order")
        held = {(head.position, head.signature) for head in inner}
        for head in outer:
            self._signed(head.message(), head.signature, f"sink, {where} {head.position}")
            if head.position > walk.position:
                self._cut(walk, head.position, head.signed_at)
            elif (head.position, head.signature) not in held:
                self.report.find(f"{where} {head.position}: signed and kept outside, missing or another here")
                self._meets(walk, where, head.position, head.link)

    def _reached(self, tenant: str, walk: Walk, inner: Sequence[Head], void: Sequence[Head]) -> None:
        """Say how far signatures reach, and what a restore has lost."""
        last = inner[-1].position if inner else 0
        self.report.unsigned += max(walk.position - last, 0)
        lost = max((head.position for head in void), default=0)
        if lost:
            when = f", signed on {inner[-1].signed_at}" if inner else ""
            until = f"whole up to the head of event {last}{when}" if last else "nothing signed is left"
            gone = f"lost with the restore: up to event {lost} of what was signed"
            self.report.notes.append(f"tenant {tenant}: {until}; {gone}")

    def _access(self, tenant: TenantId) -> None:
        outer = self._outer_segments[tenant]
        with self._accesses(tenant) as rows:
            inner = [Segment(tenant, *row) for row in rows.select(_SEGMENTS, (tenant,))]
            wished = {one.last for one in (*inner, *outer)}
            walk = Walk(f"tenant {tenant}, access", self.report, access_chain.GENESIS, wished)
            walk.over(_entries(rows, tenant))
            head = rows.select(_ACCESS_HEAD, (tenant,))
            walk.ends([(row[0], row[1]) for row in head])
            sealed = max((one.last for one in inner), default=0)
            if any(row[2] != sealed for row in head):
                self.report.find(f"{walk.name}: the head does not say that segments reach {sealed}")
        self.report.entries += walk.position
        self.report.unsigned += max(walk.position - sealed, 0)
        self._segments(walk, inner, outer)

    def _segments(self, walk: Walk, inner: Sequence[Segment], outer: Sequence[Segment]) -> None:
        where, reached = walk.name.replace(", access", ", segment of access"), 0
        for one in inner:
            self._signed(one.message(), one.signature, f"{where} {one.last}")
            if one.first != reached + 1:
                self.report.find(f"{where} {one.last}: does not begin where the one before ends")
            self._meets(walk, where, one.last, one.link)
            reached = one.last
        for one in outer:
            self._signed(one.message(), one.signature, f"sink, {where} {one.last}")
            if one.last > walk.position:
                self._cut(walk, one.last, one.sealed_at)
            elif one not in inner:
                self.report.find(f"{where} {one.last}: signed and kept outside, missing or another here")

    def _cut(self, walk: Walk, last: int, signed_at: str) -> None:
        self.report.find(f"{walk.name} {walk.position + 1}: cut off, {last} were signed on {signed_at}")

    def _meets(self, walk: Walk, where: str, position: int, link: bytes) -> None:
        if walk.links.get(position) != link:
            self.report.find(f"{where} {position}: what lies up to it is not what was signed")

    def _signed(self, message: bytes, signature: bytes, where: str) -> None:
        self.report.signatures += 1
        if self._is_sure and not self._outside.is_signed(message, signature):
            self.report.find(f"{where}: not signed with this key")


T = TypeVar("T", Head, Segment)


def _by_tenant(found: Iterable[T]) -> dict[str, list[T]]:
    """Sort by tenant; of one that is not there is nothing."""
    sorted_out: dict[str, list[T]] = defaultdict(list)
    for one in found:
        sorted_out[one.tenant].append(one)
    return sorted_out


def _batches(rows: Rows, statement: str, tenant: str) -> Iterator[Sequence[Any]]:
    after = -(2**62)
    while batch := rows.select(statement, (tenant, after, BATCH)):
        yield from batch
        after = batch[-1][0]


def _events(rows: Rows, tenant: str) -> Iterator[Walked]:
    for row in _batches(rows, _EVENTS, tenant):
        facts: chain.Facts = tuple(row[:8])
        key_id, stored, payload = row[8:]
        ours = _is_ours((*facts, key_id))
        yield row[0], stored, partial(_link, chain.columns(facts, key_id), payload) if ours else None


def _link(columns: str, payload: bytes, before: bytes) -> bytes:
    return chain.link(before, columns, payload)


def _entries(rows: Rows, tenant: TenantId) -> Iterator[Walked]:
    for row in _batches(rows, _ENTRIES, tenant):
        position, stored = row[0], row[9]
        at, person, role, action, thing, purpose, result, detail = row[1:9]
        entry = Entry(tenant, at, person, role, action, thing, purpose, result, detail, position)
        ours = _is_ours(row[1:9], may_be_empty=True) and entry.thing != ""
        yield position, stored, partial(_access_link, entry) if ours else None


def _access_link(entry: Entry, before: bytes) -> bytes:
    return access_chain.link(before, entry, entry.position)


def _is_ours(values: Iterable[Any], *, may_be_empty: bool = False) -> bool:
    """Tell whether no column holds what stands between columns, or is empty where it should be absent: what
    a link covers could be read in two ways.
    """
    texts = [value for value in values if isinstance(value, str)]
    return not any("\x1f" in text for text in texts) and (may_be_empty or all(texts))
