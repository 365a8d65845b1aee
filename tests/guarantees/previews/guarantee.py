"""A11: files are decoded in a child that can do nothing else; whatever a file or a child does stays there.

Counted are files, lies of a child, and calls that a child without a cell may make here. A finding is: another
end than one of the faults a person reads, bytes beyond the bounds, an answer that takes longer than patience,
a child that is left, growth of the client's memory, a decoder in the client's own process, a call that the
cell lets through.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from time import monotonic

from leaddesk.decoding.bounds import MOST_CHARACTERS, MOST_PIXELS, Fault, Kind
from leaddesk.decoding.decoder import Decoder, Opened, Undecodable
from tests.guarantees.figure import Figure
from tests.guarantees.previews import children
from tests.guarantees.previews.corpus import File, bombs, damaged, hostile

SEED = 11
PATIENCE_SECONDS = 60.0
"""For each answer, on a machine that may be busy; a child computes for half of it at most."""
SILENCE_SECONDS = 1.0
"""Where a child is silent on purpose."""
GROWTH = 64 << 20
"""Bytes; what stays of a page and a file in the client, and what the allocator keeps."""
DECODERS = ("pypdfium2", "leaddesk.decoding.documents.pdf", "leaddesk.decoding.images")
SENTENCE = "previews: {found} of {looked:,} files, lies and calls"


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Show every hostile file, hear every lie, and have a child try everything."""
    del env
    count = 3_000 if os.environ.get("FULL") == "1" else 60
    files = () if planted else (*hostile(), *bombs(), *damaged(Random(SEED), count))
    before = children.NO_CELL if planted else ""
    return await asyncio.to_thread(counted, files, children.lies(), before)


def counted(files: Iterable[File], lies: Iterable[str], before: str = "") -> Figure:
    """Count what was looked at and what was found; ``before``: a broken part of the product."""
    looked, findings = 0, list[str]()
    at_first = _resident()
    for file in files:
        looked += 1
        findings += _shown(file)
    for name in lies:
        looked += 1
        findings += _heard(name)
    if _resident() - at_first > GROWTH:
        findings.append("the client grew")
    possible = _tried(children.NO_CELL)
    looked += len(possible)
    findings += [f"let through: {name}" for name in _tried(before) if name in possible]
    findings += [f"in the client's own process: {name}" for name in DECODERS if name in sys.modules]
    return Figure(SENTENCE, looked, tuple(findings), enough=min(100, len(possible)))


def _shown(file: File) -> Iterator[str]:
    """Open a file, look at its first and last page."""
    watched, began = children.Watched(), monotonic()
    decoder = Decoder(file.kind, watched, PATIENCE_SECONDS)
    try:
        opened = decoder.open(file.content)
        yield from _beyond(file.name, opened)
        for number in {0, opened.pages - 1} if opened.pages else ():
            page = decoder.page(number, 900)
            if page.width * page.height > MOST_PIXELS or len(page.pixels) != page.width * page.height * 4:
                yield f"{file.name}: beyond the bounds"
        if not file.shown:
            yield f"{file.name}: shown"
    except Undecodable as failure:
        if failure.fault not in file.faults:
            yield f"{file.name}: {failure.fault}"
    yield from _left(file.name, decoder, watched)
    if monotonic() - began > 4 * PATIENCE_SECONDS:
        yield f"{file.name}: too slow"


def _beyond(name: str, opened: Opened) -> Iterator[str]:
    if len(opened.words) > MOST_CHARACTERS:
        yield f"{name}: too many words"


def _heard(name: str) -> Iterator[str]:
    watched = children.Watched(children.lying(name))
    decoder = Decoder(Kind.PDF, watched, SILENCE_SECONDS if name in children.SILENT else PATIENCE_SECONDS)
    try:
        opened = decoder.open(bytes(1 << 20))
        decoder.page(0, 900)
        yield f"{name}: believed ({opened.pages})"
    except Undecodable as failure:
        if failure.fault not in (Fault.DIED, Fault.TOO_SLOW):
            yield f"{name}: {failure.fault}"
    yield from _left(name, decoder, watched)


def _left(name: str, decoder: Decoder, watched: children.Watched) -> Iterator[str]:
    decoder.close()
    if watched.left():
        yield f"{name}: a child was left"


@cache
def _tried(before: str) -> list[str]:
    decoder = Decoder(Kind.TEXT, children.taken_over(before), PATIENCE_SECONDS)
    try:
        found: list[str] = json.loads(decoder.open(b"a").words)
    finally:
        decoder.close()
    return found


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
