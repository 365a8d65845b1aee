"""What is decoded, and how much of it: both sides of the pipes hold themselves and each other to this."""

from __future__ import annotations

from enum import IntEnum, StrEnum

LARGEST_FILE = 25 * 1024 * 1024
"""Bytes; as much as the server takes."""
WIDEST, TALLEST, MOST_PIXELS = 2_400, 4_800, 8_000_000
"""Pixels of one decoded page; four bytes each."""
MOST_PAGES = 5_000
MOST_SOURCE_PIXELS = 80_000_000
"""Of a picture before it is made smaller."""
MOST_CHARACTERS = 100_000
MOST_TEXT_BYTES = 4 * MOST_CHARACTERS
ADDRESS_SPACE = 1 << 30
"""Bytes for the child, its libraries included."""
COMPUTING_SECONDS = 30
"""In all, for one file; each answer has to come sooner."""


class Kind(StrEnum):
    """What a file is taken for; decides which library the child loads."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"


class Fault(StrEnum):
    """Why there is no preview; the key of the sentence."""

    TOO_LARGE = "too-large"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    UNCONFINED = "unconfined"
    TOO_SLOW = "too-slow"
    DIED = "died"


class Verdict(IntEnum):
    """The first byte of each answer."""

    PAGES = 0
    TEXT = 1
    TEXT_CUT = 2
    TOO_LARGE = 3
    BROKEN = 4
    ENCRYPTED = 5
    PAGE_LACKING = 6


FAULTS = {
    Verdict.TOO_LARGE: Fault.TOO_LARGE,
    Verdict.BROKEN: Fault.BROKEN,
    Verdict.ENCRYPTED: Fault.ENCRYPTED,
}
READY, UNCONFINED = b"R", b"U"
"""The child's very first byte: it gave everything up, or it could not and got nothing to decode."""
SIZE, HEAD, WISH, PAGE = ">Q", ">BI", ">IH", ">BHH"
"""Length of the file; verdict and count; page and width wanted; verdict, width and height."""

_KINDS = {
    "application/pdf": Kind.PDF,
    **dict.fromkeys(
        ("image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp"), Kind.IMAGE
    ),
    **dict.fromkeys(
        ("text/plain", "text/csv", "text/vcard", "text/calendar", "application/json", "message/rfc822"),
        Kind.TEXT,
    ),
}


def kind_of(content_type: str) -> Kind | None:
    """Return how a file of this type is decoded; None: not at all."""
    return _KINDS.get(content_type.partition(";")[0].strip().lower())


def fitted(width: float, height: float, wanted: int) -> tuple[int, int]:
    """Return width and height of a page drawn ``wanted`` pixels wide, smaller where that is too much.

    Raises ValueError for a page without an extent.
    """
    if not (0 < width < 1e9 and 0 < height < 1e9):
        raise ValueError
    across = float(min(max(wanted, 1), WIDEST))
    across = min(across, TALLEST * width / height, (MOST_PIXELS * width / height) ** 0.5)
    return max(1, int(across)), max(1, min(TALLEST, int(across * height / width)))
