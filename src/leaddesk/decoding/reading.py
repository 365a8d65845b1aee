"""What every decoder of the child is to its program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from leaddesk.decoding.bounds import Verdict


class Unreadable(Exception):
    """There is no picture of this; ``verdict`` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.name)
        self.verdict = verdict


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """Pixels of four bytes (blue, green, red, unused), line after line without gaps.

    ``lacking``: characters of the page are not to be seen, because nobody has their font.
    """

    width: int
    height: int
    pixels: bytes
    lacking: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """A file that is words; ``cut``: there would be more."""

    text: str
    cut: bool


class Pages(Protocol):
    """A file that has pages."""

    pages: int

    def page(self, number: int, width: int) -> Picture:
        """Draw one page, numbered from 0. Raises :class:`Unreadable`."""
        ...
