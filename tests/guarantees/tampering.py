"""S6: every byte of a log is changed in turn, lines are removed, swapped and cut off: all of it is found.

The attacker owns the file and the database and knows the form; out of reach are the signing key and the lines
in the sink. So wherever a count stands, it is made right again, and a whole chain is computed anew.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import msgspec

from leaddesk.server.archive import form
from leaddesk.server.archive.export import export
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.archive.outside import Outside
from leaddesk.server.archive.verify import verify
from leaddesk.server.eventlog import chain
from leaddesk.server.evidence.signing import random_signer
from leaddesk.server.evidence.sink import MemorySink
from leaddesk.server.operations.upkeep import SignedSegments
from leaddesk.server.oversight.chain import seal
from tests.guarantees.figure import Figure
from tests.guarantees.tampering_in_place import FULL as IN_PLACE_FULL
from tests.guarantees.tampering_in_place import SHORT as IN_PLACE
from tests.guarantees.tampering_in_place import tampered_in_place
from tests.support.trade import Trade, opened

SMOKE, SHORT, FULL = 61, 1, 1
"""Every how manyth byte is changed; FULL with every bit of it."""


@contextmanager
def chain_without_content() -> Iterator[None]:
    """Plant: links cover the columns alone."""
    link = chain.link
    with patch.object(chain, "link", lambda before, columns, _content: link(before, columns, b"")):
        yield


@contextmanager
def heads_not_compared() -> Iterator[None]:
    """Plant: what lies in the sink is not looked at."""
    with patch("leaddesk.server.archive.verify._Check._all_outer_heads", lambda _self: []):
        yield


Plant = Callable[[], Any]


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Change every byte of an export, then rows of databases; with ``planted`` links do not cover content."""
    full = os.environ.get("FULL") == "1"
    exported = await tampered(FULL if full else SHORT, chain_without_content if planted else None, full)
    if planted:
        return exported
    lying = await tampered_in_place(IN_PLACE_FULL if full else IN_PLACE)
    both = exported.looked + lying.looked
    return Figure(exported.sentence, both, (*exported.findings, *lying.findings))


async def tampered(step: int, plant: Plant | None = None, every_bit: bool = False) -> Figure:
    """Make a small log and its export, then attack them."""
    if plant is None:
        return _attacked(await _made(), step, every_bit)
    with plant():
        return _attacked(await _made(), step, every_bit)


@dataclass(frozen=True)
class Made:
    """An export and what lies outside."""

    lines: list[bytes]
    outside: Outside


async def _made() -> Made:
    """Make two tenants' logs with all kinds of lines, signed twice."""
    signer, sink = random_signer(), MemorySink()
    witness = SignedSegments(signer, sink)
    async with opened() as trade:
        lead = trade.add_lead()
        maren, jens = [await trade.sign_in(name) for name in ("Maren", "Jens")]
        await maren.done("/share-requests", leadId=lead, marketId=trade.free_market)
        await maren.get("/leads")
        _sign(trade, witness)
        trade.now += timedelta(minutes=1)
        await jens.done(f"/leads/{lead}/notes", text="Notiz")
        await jens.get(f"/leads/{lead}")
        await jens.delete(f"/leads/{lead}")
        _sign(trade, witness)
        file = io.BytesIO()
        export(trade.services.office.log, trade.services.access_log.storage, file)
    lines = file.getvalue().splitlines(keepends=True)
    return Made(lines, Outside(signer.public, sink.lines()))


def _sign(trade: Trade, witness: SignedSegments) -> None:
    seal(trade.services.access_log.storage, witness, lambda: trade.now)
    sign_heads(trade.services.office.log, witness, lambda: trade.now)


def _attacked(made: Made, step: int, every_bit: bool) -> Figure:
    tried, unnoticed = 0, []
    clean = verify(made.lines, made.outside)
    if clean.findings or not (clean.events and clean.entries and clean.signatures):
        unnoticed.append(f"the log as it is: {clean}")
    for name, lines in [*_bytes(made.lines, step, every_bit), *_lines(made.lines), *_rebuilt(made.lines)]:
        tried += 1
        if not verify(lines, made.outside).findings:
            unnoticed.append(name)
    for name, sink in _sinks(made.outside):
        tried += 1
        if not verify(made.lines, sink).findings:
            unnoticed.append(name)
    return Figure("tampering: {found} of {looked:,} changes unnoticed", tried, tuple(unnoticed))


Attack = tuple[str, list[bytes]]


def _bytes(lines: Sequence[bytes], step: int, every_bit: bool) -> Iterator[Attack]:
    count = 0
    for number, line in enumerate(lines):
        for place in range(len(line)):
            count += 1
            if count % step:
                continue
            for bit in range(8) if every_bit else (count % 8,):
                changed = bytearray(line)
                changed[place] ^= 1 << bit
                yield (
                    f"line {number + 1} byte {place}",
                    [*lines[:number], bytes(changed), *lines[number + 1 :]],
                )


def _lines(lines: Sequence[bytes]) -> Iterator[Attack]:
    """Remove, double, swap and cut off, with the counts made right again."""
    for number in range(len(lines)):
        yield f"line {number + 1} removed", _counted([*lines[:number], *lines[number + 1 :]])
        yield f"line {number + 1} doubled", _counted([*lines[: number + 1], *lines[number:]])
        yield f"cut off before line {number + 1}", list(lines[:number])
        if number + 1 < len(lines):
            yield f"cut off before line {number + 1}, ended", _counted([*lines[:number], lines[-1]])
        if number + 1 < len(lines):
            swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
            yield f"line {number + 1} swapped", _counted(swapped)
    tenants = [number for number, line in enumerate(lines) if line.startswith(b'{"line":"tenant"')]
    for first, after in zip(tenants, [*tenants[1:], len(lines) - 1], strict=True):
        yield f"tenant of line {first + 1} removed", _counted([*lines[:first], *lines[after:]])


def _rebuilt(lines: Sequence[bytes]) -> Iterator[Attack]:
    """Change an event's content, or leave it out, and compute everything after it anew but signatures."""
    decoded = [form.decode(line[:-1]) for line in lines]
    for number, line in enumerate(decoded):
        if isinstance(line, form.EventLine):
            changed = msgspec.structs.replace(line, content=bytes([line.content[0] ^ 1]) + line.content[1:])
            yield (
                f"rebuilt from line {number + 1}",
                _relinked([*decoded[:number], changed, *decoded[number + 1 :]]),
            )
            left_out = _relinked([*decoded[:number], *decoded[number + 1 :]])
            yield f"rebuilt without line {number + 1}", _counted(left_out)


def _relinked(lines: Sequence[form.AnyLine]) -> list[bytes]:
    begin, link, position = lines[0], b"", 0
    assert isinstance(begin, form.Begin)
    written, links = [], {0: b""}
    for line in lines:
        if isinstance(line, form.TenantBegins):
            link, position = chain.genesis(begin.log, line.tenant), 0
            links = {0: link}
        if isinstance(line, form.EventLine):
            position += 1
            facts = (position, *line.facts[1:])
            link = chain.link(link, chain.columns(facts, line.key), line.content)
            links[position] = link
            line = msgspec.structs.replace(line, facts=facts, link=link)  # noqa: PLW2901
        if isinstance(line, form.HeadLine):
            at = min(line.position, position)
            line = msgspec.structs.replace(line, position=at, link=links[at])  # noqa: PLW2901
        written.append(form.encode(line) + b"\n")
    return written


def _counted(lines: Sequence[bytes]) -> list[bytes]:
    """Make all counts right."""
    decoded = [form.decode(line[:-1]) for line in lines]
    kinds = [type(line) for line in decoded]
    starts = [number for number, kind in enumerate(kinds) if kind is form.TenantBegins]
    for start, after in zip(starts, [*starts[1:], len(kinds)], strict=False):
        own = kinds[start:after]
        decoded[start] = msgspec.structs.replace(
            decoded[start],
            events=own.count(form.EventLine),
            heads=own.count(form.HeadLine),
            entries=own.count(form.EntryLine),
            segments=own.count(form.SegmentLine),
        )
    if kinds and kinds[0] is form.Begin:
        decoded[0] = msgspec.structs.replace(decoded[0], tenants=len(starts))
    if kinds and kinds[-1] is form.End:
        decoded[-1] = form.End(len(decoded) - 1)
    return [form.encode(line) + b"\n" for line in decoded]


def _sinks(outside: Outside) -> Iterator[tuple[str, Outside]]:
    """Change what lies outside: another key, and every value of every line."""
    yield "another public key", Outside(random_signer().public, outside.lines)
    for number, line in enumerate(outside.lines):
        for name, value in line.items():
            if name in ("kind", "key"):
                continue
            other: str | int = value + 1 if isinstance(value, int) else _other(value)
            lines = [*outside.lines[:number], {**line, name: other}, *outside.lines[number + 1 :]]
            if name == "tenant" and line["kind"] == "access-segment":
                continue  # a segment of a tenant that is not in the export concerns another log
            if name == "log":
                continue  # as above: a head of another log
            yield f"sink line {number + 1} {name}", Outside(outside.public, lines)


def _other(value: str) -> str:
    return ("0" if value[0] != "0" else "1") + value[1:]
