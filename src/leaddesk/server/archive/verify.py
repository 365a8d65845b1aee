"""Verifying an export: every link computed anew, held against what was signed and lies outside.

Needs the file, and to be sure of more than its own consistency the sink's lines and the public key: who can
write the database can compute a whole chain anew, or cut it off, but not sign a head.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive import form
from leaddesk.server.archive.heads import Head
from leaddesk.server.archive.outside import Outside
from leaddesk.server.eventlog import chain
from leaddesk.server.oversight import chain as access_chain
from leaddesk.server.oversight.chain import Segment
from leaddesk.server.oversight.entries import Entry

T = TypeVar("T")


@dataclass(slots=True)
class Report:
    """What was found, in the order of the file: the first is the first bad position."""

    events: int = 0
    entries: int = 0
    signatures: int = 0
    findings: list[str] = field(default_factory=list)


class _Broken(Exception):
    """The file cannot be followed any further; the text says where."""


def verify(lines: Iterable[bytes], outside: Outside | None = None) -> Report:
    """Check an export line by line, each with its line feed."""
    report = Report()
    try:
        _Check(_decoded(lines), report, outside).run()
    except _Broken as broken:
        report.findings.append(str(broken))
    return report


def _decoded(lines: Iterable[bytes]) -> Iterator[tuple[int, form.AnyLine]]:
    number = 0
    for number, written in enumerate(lines, start=1):
        try:
            if not written.endswith(b"\n"):
                raise form.Malformed
            yield number, form.decode(written[:-1])
        except form.Malformed:
            raise _Broken(f"line {number}: this is no line of an export") from None
    raise _Broken(f"line {number + 1}: the file ends too early")


class _Check:
    """One pass through one export."""

    def __init__(
        self, lines: Iterator[tuple[int, form.AnyLine]], report: Report, outside: Outside | None
    ) -> None:
        self._lines = lines
        self._report = report
        self._outside = outside
        self._number = 0
        self._log_id = ""

    def run(self) -> None:
        begin = self._next(form.Begin)
        self._log_id = begin.log
        if begin.form != form.FORM:
            raise _Broken(f"line 1: form {begin.form} is unknown")
        seen: list[str] = []
        for _ in range(begin.tenants):
            tenant = self._next(form.TenantBegins)
            seen.append(tenant.tenant)
            self._tenant(tenant)
        end = self._next(form.End)
        if end.lines != self._number - 1:
            self._find(f"line {self._number}: the number of lines is another")
        if next(islice(self._lines_left(), 1), None) is not None:
            self._find(f"line {self._number + 1}: something follows the end")
        self._missing_tenants(seen)
        for one in self._outside.restores(self._log_id) if self._outside else ():
            self._signed(one.message(), one.signature, f"sink, restore to {one.to}")

    def _tenant(self, tenant: form.TenantBegins) -> None:
        links = self._events(tenant)
        heads = [self._next(form.HeadLine) for _ in range(tenant.heads)]
        self._heads(tenant, links, heads)
        entry_links = self._entries(tenant)
        segments = [self._next(form.SegmentLine) for _ in range(tenant.segments)]
        self._segments(tenant, entry_links, segments)

    def _events(self, tenant: form.TenantBegins) -> list[bytes]:
        links = [chain.genesis(self._log_id, tenant.tenant)]
        for position in range(1, tenant.events + 1):
            event = self._next(form.EventLine)
            self._report.events += 1
            if event.facts[0] != position:
                self._find(f"tenant {tenant.tenant}, event {position}: missing or out of order")
            links.append(chain.link(links[-1], chain.columns(event.facts, event.key), event.content))
            if links[-1] != event.link:
                self._find(f"tenant {tenant.tenant}, event {position}: changed")
                links[-1] = event.link  # one fault is one finding
        return links

    def _heads(
        self, tenant: form.TenantBegins, links: Sequence[bytes], found: Sequence[form.HeadLine]
    ) -> None:
        where = f"tenant {tenant.tenant}, head of event"
        heads = [_inner_head(self._log_id, tenant.tenant, line) for line in found]
        for head in heads:
            self._signed(head.message(), head.signature, f"{where} {head.position}")
            if links[head.position : head.position + 1] != [head.link]:
                self._find(f"{where} {head.position}: events up to it are not those that were signed")
        if tenant.events and (not heads or heads[-1].position != tenant.events):
            self._find(f"{where} {tenant.events}: missing")
        if any(one.position >= following.position for one, following in pairwise(heads)):
            self._find(f"{where}: out of order")
        held = {(head.position, head.signature) for head in heads}
        for outer in self._outer_heads(tenant.tenant):
            self._signed(outer.message(), outer.signature, f"sink, {where} {outer.position}")
            if outer.position > tenant.events:
                self._find(
                    f"tenant {tenant.tenant}, event {tenant.events + 1}: cut off, {outer.position} signed"
                )
            elif links[outer.position] != outer.link:
                self._find(f"{where} {outer.position}: events up to it are not those that were signed")
            elif (outer.position, outer.signature) not in held:
                self._find(f"{where} {outer.position}: signed and kept outside, missing here")

    def _entries(self, tenant: form.TenantBegins) -> list[bytes]:
        links = [access_chain.GENESIS]
        for position in range(1, tenant.entries + 1):
            line = self._next(form.EntryLine)
            self._report.entries += 1
            entry = Entry(
                TenantId(tenant.tenant), line.at, line.person, line.role, line.action, line.thing,
                line.purpose, line.result, line.detail, line.position,
            )  # fmt: skip
            if line.position != position:
                self._find(f"tenant {tenant.tenant}, access {position}: missing or out of order")
            links.append(access_chain.link(links[-1], entry, line.position))
            if links[-1] != line.link:
                self._find(f"tenant {tenant.tenant}, access {position}: changed")
                links[-1] = line.link
        return links

    def _segments(
        self, tenant: form.TenantBegins, links: Sequence[bytes], found: Sequence[form.SegmentLine]
    ) -> None:
        where = f"tenant {tenant.tenant}, segment of access"
        inner = [_inner_segment(tenant.tenant, line) for line in found]
        reached = 0
        for segment in inner:
            self._signed(segment.message(), segment.signature, f"{where} {segment.last}")
            if segment.first != reached + 1 or links[segment.last : segment.last + 1] != [segment.link]:
                self._find(f"{where} {segment.last}: entries up to it are not those that were signed")
            reached = segment.last
        if reached != tenant.entries:
            self._find(f"{where} {tenant.entries}: missing")
        for outer in self._outer_segments(tenant.tenant):
            self._signed(outer.message(), outer.signature, f"sink, {where} {outer.last}")
            if outer.last > tenant.entries:
                self._find(
                    f"tenant {tenant.tenant}, access {tenant.entries + 1}: cut off, {outer.last} signed"
                )
            elif outer not in inner:
                self._find(f"{where} {outer.last}: signed and kept outside, missing or another here")

    def _signed(self, message: bytes, signature: bytes, where: str) -> None:
        self._report.signatures += 1
        if self._outside is not None and not self._outside.is_signed(message, signature):
            self._find(f"{where}: not signed with this key")

    def _outer_heads(self, tenant: str) -> list[Head]:
        return [head for head in self._all_outer_heads() if head.tenant == tenant]

    def _all_outer_heads(self) -> list[Head]:
        return self._outside.heads(self._log_id) if self._outside else []

    def _outer_segments(self, tenant: str) -> list[Segment]:
        segments = self._outside.segments(self._log_id) if self._outside else []
        return [one for one in segments if one.tenant == tenant]

    def _missing_tenants(self, seen: Sequence[str]) -> None:
        known = self._all_outer_heads()
        for tenant in sorted({head.tenant for head in known} - set(seen)):
            self._find(f"tenant {tenant}, event 1: the whole tenant is missing")
        if self._outside is not None and seen and not known:
            self._find("line 1: nothing of this log was ever signed")

    def _next(self, kind: type[T]) -> T:
        self._number, line = next(self._lines)  # never exhausted: the end of the file is an exception
        if isinstance(line, kind):
            return line
        raise _Broken(f"line {self._number}: {type(line).__name__} where {kind.__name__} belongs")

    def _lines_left(self) -> Iterator[object]:
        try:
            yield from self._lines
        except _Broken:
            return

    def _cut(self, tenant: form.TenantBegins, place: str, signed: int) -> None:
        self._find(f"tenant {tenant.tenant}, {place}: cut off here, {signed} were signed")

    def _find(self, what: str) -> None:
        self._report.findings.append(what)


def _inner_head(log_id: str, tenant: str, line: form.HeadLine) -> Head:
    return Head(log_id, tenant, line.position, line.link, line.signed_at, line.signature)


def _inner_segment(tenant: str, line: form.SegmentLine) -> Segment:
    return Segment(TenantId(tenant), line.first, line.last, line.link, line.sealed_at, line.signature)
