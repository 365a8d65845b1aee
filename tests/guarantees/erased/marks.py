"""Canaries: a text that stands in everything that is written of one lead, and finding it in whatever form."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

_MARK = re.compile(r"kanarie-ä–😀-([0-9a-f]{16})".encode())


def text_of(mark: str) -> str:
    """Write the text that carries a mark: an umlaut, a dash, an emoji."""
    return f"kanarie-ä–😀-{mark}"


def marks_in(text: bytes) -> set[str]:
    """Read the marks of a text, of JSON with escapes too."""
    escaped = text.replace(rb"\u00e4\u2013\ud83d\ude00", "ä–😀".encode())
    return {mark.decode() for mark in _MARK.findall(escaped)}


def found_in(haystack: bytes, marks: Iterable[str]) -> list[str]:
    """Find marks in whatever form they may lie there."""
    lowered = haystack.lower()
    return [mark for mark in marks if any(form in lowered for form in _written(mark))]


def _written(mark: str) -> Iterator[bytes]:
    yield from (mark.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-32-le"))
    yield mark.encode().hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + mark.encode())
        yield coded[4 if shift else 0 : -4].lower()
