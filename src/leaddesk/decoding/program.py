"""The child: loads one library, gives everything up, then reads one file from its input and answers.

It is told what to decode by its arguments, because nothing can be loaded once the file is there. Invariant:
not one byte of the file is read before the cell is closed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable

from leaddesk.decoding.bounds import (
    ADDRESS_SPACE,
    COMPUTING_SECONDS,
    HEAD,
    LARGEST_FILE,
    MOST_TEXT_BYTES,
    PAGE,
    READY,
    SIZE,
    UNCONFINED,
    WISH,
    Kind,
    Verdict,
)
from leaddesk.decoding.reading import Pages, Unreadable, Words

Open = Callable[[bytes], Pages | Words]


def decode(kind: str) -> int:
    """Serve standard input and output until the client hangs up; returns the exit code."""
    from leaddesk.guard.cell import entering as cell

    opener = _loaded(Kind(kind))
    try:
        cell.enter(cell.Room(ADDRESS_SPACE, COMPUTING_SECONDS))
    except OSError:
        _say(UNCONFINED)
        return 1
    _say(READY)
    content = _content()
    if content is not None:
        _serve(opener, content)
    return 0


def _loaded(kind: Kind) -> Open:
    """Load what this kind needs, and nothing else."""
    if kind is Kind.PDF:
        from leaddesk.decoding.documents import fonts
        from leaddesk.decoding.documents.pdf import Pdf

        fonts.offer()
        return Pdf
    if kind is Kind.IMAGE:
        os.environ["QT_NO_GUI_THREADPOOL"] = "1"  # in the cell there are no threads
        from leaddesk.decoding.images import Image, load

        load()
        return Image
    from leaddesk.decoding.texts import words_of

    return words_of


def _content() -> bytes | None:
    head = _read(struct.calcsize(SIZE))
    if head is None:
        return None
    (size,) = struct.unpack(SIZE, head)
    return _read(size) if size <= LARGEST_FILE else None


def _serve(opener: Open, content: bytes) -> None:
    try:
        found = opener(content)
    except (Unreadable, MemoryError) as failure:
        _say(struct.pack(HEAD, _verdict(failure), 0))
        return
    if isinstance(found, Words):
        told = found.text.encode("utf-8", "replace")[:MOST_TEXT_BYTES]
        _say(struct.pack(HEAD, Verdict.TEXT_CUT if found.cut else Verdict.TEXT, len(told)) + told)
        return
    _say(struct.pack(HEAD, Verdict.PAGES, found.pages))
    while (wish := _read(struct.calcsize(WISH))) is not None:
        _tell_page(found, *struct.unpack(WISH, wish))


def _tell_page(found: Pages, number: int, width: int) -> None:
    try:
        if number >= found.pages:
            raise Unreadable(Verdict.BROKEN)
        picture = found.page(number, width)
    except (Unreadable, MemoryError) as failure:
        _say(struct.pack(PAGE, _verdict(failure), 0, 0))
        return
    drawn = Verdict.PAGE_LACKING if picture.lacking else Verdict.PAGES
    _say(struct.pack(PAGE, drawn, picture.width, picture.height))
    _say(picture.pixels)


def _verdict(failure: Exception) -> Verdict:
    return failure.verdict if isinstance(failure, Unreadable) else Verdict.TOO_LARGE


def _say(words: bytes) -> None:
    rest = memoryview(words)
    while rest:
        rest = rest[os.write(1, rest) :]


def _read(size: int) -> bytes | None:
    read = bytearray()
    while len(read) < size:
        piece = os.read(0, min(size - len(read), 1 << 20))
        if not piece:
            return None
        read += piece
    return bytes(read)
