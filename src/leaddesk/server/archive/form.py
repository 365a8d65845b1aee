"""The lines of an export: JSON, one thing a line, in exactly one way to write it."""

import msgspec

from leaddesk.server.eventlog.chain import Facts

FORM = 1


class Line(msgspec.Struct, frozen=True, tag_field="line", rename="camel"):
    """Any line."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Begin(Line, frozen=True, tag="export"):
    """The first line: which log, of how many tenants."""

    form: int
    log: str
    tenants: int


class TenantBegins(Line, frozen=True, tag="tenant"):
    """What follows is one tenant's: so many of each, in this order."""

    tenant: str
    events: int
    heads: int
    entries: int
    segments: int


class EventLine(Line, frozen=True, tag="event"):
    """An event: its columns, its sealed content, its link."""

    facts: Facts
    key: str
    link: bytes
    content: bytes


class HeadLine(Line, frozen=True, tag="head"):
    """A signed head of the event log."""

    position: int
    link: bytes
    signed_at: str
    signature: bytes


class EntryLine(Line, frozen=True, tag="entry"):
    """A line of the access log."""

    position: int
    at: str
    person: str
    role: str
    action: str
    thing: str | None
    purpose: str
    result: str
    detail: str
    link: bytes


class SegmentLine(Line, frozen=True, tag="segment"):
    """A signed segment of the access log."""

    first: int
    last: int
    link: bytes
    sealed_at: str
    signature: bytes


class End(Line, frozen=True, tag="end"):
    """The last line, and how many came before it."""

    lines: int


AnyLine = Begin | TenantBegins | EventLine | HeadLine | EntryLine | SegmentLine | End

encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(AnyLine)


class Malformed(Exception):
    """A line that no export holds."""


def decode(written: bytes) -> AnyLine:
    """Read a line. Raises :class:`Malformed`, also for what could have been written otherwise."""
    try:
        line: AnyLine = _decoder.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed from None
    if encode(line) != written or _has_empty(line):
        raise Malformed
    return line


def _has_empty(line: AnyLine) -> bool:
    """Tell whether something absent is written as empty, or a column holds what stands between columns: the
    chain would cover both alike.
    """
    if isinstance(line, EventLine):
        return "" in line.facts or any("\x1f" in str(one) for one in (*line.facts, line.key))
    return isinstance(line, EntryLine) and line.thing == ""
