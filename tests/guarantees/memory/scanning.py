"""Looks through all writable memory of processes for words, however they are written there.

Read from outside, through /proc/PID/mem: what the process itself could hide is found.
"""

from __future__ import annotations

import base64
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from backports import zstd

_PIECE = 1 << 24
_OVERLAP = 4096
_UNPACKED = 1 << 18
TOKEN = re.compile(rb"ld[ar]_[a-z0-9_-]{64}", re.IGNORECASE)
WIDE_TOKEN = re.compile(rb"l\0d\0[ar]\0_\0(?:[a-z0-9_-]\0){64}", re.IGNORECASE)
CODES = ("utf-8", "utf-16-le", "utf-32-le")
"""How text lies in memory that is in use: on the wire and in the store, in Qt, in Python where it must."""
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")

Needles = dict[bytes, str]
"""What to look for, in lower case, and how it is written and called."""


def needles(words: Iterable[str]) -> Needles:
    """Return every way a word may lie in memory: as it is, wide, encoded; case is ignored."""
    found: Needles = {}
    for word in {cased for one in words for cased in (one, one.upper(), one.lower())}:
        ways = {
            "utf-8": word.encode(),
            "latin-1": word.encode("latin-1", "ignore"),
            "utf-16": word.encode("utf-16-le"),
            "utf-32": word.encode("utf-32-le"),
            "percent": quote(word, safe="").encode(),
            "escaped": word.encode("ascii", "backslashreplace"),
            **{f"base64 {shift}": part for shift, part in enumerate(_base64(word.encode()))},
            **{f"base64 wide {shift}": part for shift, part in enumerate(_base64(word.encode("utf-16-le")))},
        }
        for way, content in ways.items():
            found.setdefault(content.lower(), f"{word} ({way})")
    return found


def plain(words: Iterable[str]) -> Needles:
    """Return the ways a word lies in memory that is in use: quicker to look for than all."""
    return {word.encode(code).lower(): f"{word} ({code})" for word in words for code in CODES}


def following(process: int, mark: str) -> set[str]:
    """Return what follows a mark wherever it lies in plain words: up to eight characters."""
    found = set()
    for content in pieces(process):
        lowered = content.lower()
        for code in CODES:
            wanted = mark.encode(code).lower()
            wide = len(wanted) // len(mark)
            for at in _places(lowered, wanted):
                tail = lowered[at + len(wanted) : at + len(wanted) + 8 * wide]
                found.add(tail.decode(code, "ignore"))
    return found


def occurrences(processes: Iterable[int], mark: str) -> int:
    """Return how often a mark lies in memory in plain words; where it is, it lies there whole."""
    wanted = [mark.encode(code).lower() for code in CODES]
    contents = (content.lower() for process in processes for content in pieces(process))
    return sum(content.count(one) for content in contents for one in wanted)


def held(processes: Iterable[int], wanted: Needles) -> set[str]:
    """Return what of it lies in memory, not unpacked."""
    return {what for process in processes for content in pieces(process) for what in _in(content, wanted)}


def _base64(content: bytes) -> Iterator[bytes]:
    """Yield what any text that holds the content holds in base64, for each of the three places to begin."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + content)
        clean = (len(content) + shift) // 3 * 4
        yield coded[(0, 2, 3)[shift] : clean]


def look(processes: Iterable[int], wanted: Needles) -> tuple[list[str], int]:
    """Return what was found, and how many bytes were looked through; a process that is gone holds nothing."""
    found: set[str] = set()
    looked = 0
    for process in processes:
        for content in pieces(process):
            looked += len(content)
            found.update(_in(content, wanted))
            for unpacked in _unpacked(content):
                found.update(f"{what}, packed" for what in _in(unpacked, wanted))
    return sorted(found), looked


def tokens(processes: Iterable[int]) -> set[str]:
    """Return every token that lies in memory, whosever it is."""
    return {
        found.replace(b"\0", b"").decode()
        for process in processes
        for content in pieces(process)
        for pattern in (TOKEN, WIDE_TOKEN)
        for found in pattern.findall(content)
    }


def pieces(process: int) -> Iterator[bytes]:
    """Yield the contents of all writable mappings, heap, stacks and shared ones included."""
    with suppress(OSError):
        memory = os.open(f"/proc/{process}/mem", os.O_RDONLY)
        try:
            for start, end in _writable(process):
                at = start
                while at < end:
                    with suppress(OSError):  # a page of a device, or one that is gone by now
                        yield os.pread(memory, min(end - at, _PIECE), at)
                    at += _PIECE - _OVERLAP if end - at > _PIECE else _PIECE
        finally:
            os.close(memory)


def _writable(process: int) -> list[tuple[int, int]]:
    lines = (line.split(None, 2) for line in Path(f"/proc/{process}/maps").read_text().splitlines())
    places = (place.split("-") for place, rights, *_ in lines if rights.startswith("rw"))
    return [(int(start, 16), int(end, 16)) for start, end in places]


def _in(content: bytes, wanted: Needles) -> Iterator[str]:
    lowered = content.lower()
    return (called for needle, called in wanted.items() if needle in lowered)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what opens as gzip, zlib or zstd, wherever it may begin."""
    for mark, bits in ((_GZIP, 31), *((mark, 15) for mark in _ZLIB)):
        for at in _places(content, mark):
            with suppress(zlib.error):
                yield zlib.decompressobj(bits).decompress(content[at : at + _UNPACKED], _UNPACKED)
    for at in _places(content, _ZSTD):
        with suppress(zstd.ZstdError, EOFError):
            yield zstd.ZstdDecompressor().decompress(content[at : at + _UNPACKED], _UNPACKED)


def _places(content: bytes, mark: bytes) -> Iterator[int]:
    at = content.find(mark)
    while at >= 0:
        yield at
        at = content.find(mark, at + 1)
