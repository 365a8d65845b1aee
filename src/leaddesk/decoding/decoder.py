"""One file and its child, as the client sees them: bytes go in, pixels or words come out, or a fault.

Nothing that comes back is trusted: each length is held against its bound before a byte of it is read, pixels
are taken as they are, words as UTF-8. Blocking; :meth:`Decoder.close` may come from any thread, at any time.
"""

from __future__ import annotations

import os
import select
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from signal import SIGKILL
from time import monotonic

from leaddesk.decoding.bounds import (
    FAULTS,
    HEAD,
    LARGEST_FILE,
    MOST_PAGES,
    MOST_PIXELS,
    MOST_TEXT_BYTES,
    PAGE,
    READY,
    SIZE,
    TALLEST,
    UNCONFINED,
    WIDEST,
    WISH,
    Fault,
    Kind,
    Verdict,
)
from leaddesk.decoding.launch import Start, launch
from leaddesk.guard.piped.child import Child

PATIENCE_SECONDS = 20.0
"""For each answer; a child that takes longer is killed."""
_SLICE = 1 << 16


class Undecodable(Exception):
    """There is nothing to show; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What the child found: a number of pages, or ``words`` and whether they are ``cut`` short."""

    pages: int = 0
    words: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Pixels as the child drew them: ``width`` × ``height`` × 4 bytes (RGB32).

    ``lacking``: it says that it could not draw every character.
    """

    width: int
    height: int
    pixels: bytearray
    lacking: bool = False

    def forget(self) -> None:
        """Overwrite the pixels; whoever still shows them shows nothing (guarantee A6)."""
        self.pixels[:] = bytes(len(self.pixels))


class Decoder:
    """Invariant: after an overrun, a lie of the child or :meth:`close` the child is dead, and stays so."""

    def __init__(self, kind: Kind, start: Start = launch, patience: float = PATIENCE_SECONDS) -> None:
        self._kind, self._start, self._patience = kind, start, patience
        self._turn, self._life = threading.Lock(), threading.Lock()
        self._child: Child | None = None
        self._closed = False

    def open(self, content: bytes | bytearray) -> Opened:
        """Start the child, have it confine itself, then hand the file over. Raises :class:`Undecodable`."""
        if len(content) > LARGEST_FILE:
            raise Undecodable(Fault.TOO_LARGE)
        with self._turn, self._ending_on_fault():
            line = Line(self._begun(), self._patience)
            if (first := line.read(1)) != READY:
                raise Undecodable(Fault.UNCONFINED if first == UNCONFINED else Fault.DIED)
            line.write(struct.pack(SIZE, len(content)))
            line.write(content)
            return _opened(line)

    def page(self, number: int, width: int) -> Page:
        """Have one page drawn, ``width`` pixels wide at most. Raises :class:`Undecodable`."""
        with self._turn, self._ending_on_fault():
            line = Line(self._running(), self._patience)
            line.write(struct.pack(WISH, number, min(max(width, 1), WIDEST)))
            verdict, across, down = struct.unpack(PAGE, line.read(struct.calcsize(PAGE)))
            if verdict in FAULTS:
                raise Undecodable(FAULTS[Verdict(verdict)])
            fits = 0 < across <= WIDEST and 0 < down <= TALLEST and across * down <= MOST_PIXELS
            lacking = verdict == Verdict.PAGE_LACKING
            if not (lacking or verdict == Verdict.PAGES) or not fits:
                raise Undecodable(Fault.DIED)
            return Page(across, down, line.read(across * down * 4), lacking)

    def close(self) -> None:
        """End the child now, whatever it does; from any thread, idempotent."""
        with self._life:
            self._closed = True
            if self._child is not None:
                os.kill(self._child.process, SIGKILL)
        with self._turn:
            self._end()

    def _begun(self) -> Child:
        with self._life:
            if self._closed or self._child is not None:
                raise Undecodable(Fault.DIED)
            try:
                self._child = self._start(self._kind)
            except OSError:
                raise Undecodable(Fault.UNCONFINED) from None
            return self._child

    def _running(self) -> Child:
        with self._life:
            if self._child is None:
                raise Undecodable(Fault.DIED)
            return self._child

    @contextmanager
    def _ending_on_fault(self) -> Iterator[None]:
        try:
            yield
        except Undecodable as failure:
            if failure.fault not in FAULTS.values():
                self._end()
            raise

    def _end(self) -> None:
        with self._life:
            child, self._child = self._child, None
            if child is not None:
                os.kill(child.process, SIGKILL)  # not waited for yet, so the number is still its own
                child.hang_up()
                os.waitpid(child.process, 0)


def _opened(line: Line) -> Opened:
    verdict, count = struct.unpack(HEAD, line.read(struct.calcsize(HEAD)))
    if verdict in FAULTS:
        raise Undecodable(FAULTS[Verdict(verdict)])
    if verdict == Verdict.PAGES and 0 < count <= MOST_PAGES:
        return Opened(pages=count)
    if verdict not in (Verdict.TEXT, Verdict.TEXT_CUT) or count > MOST_TEXT_BYTES:
        raise Undecodable(Fault.DIED)
    try:
        return Opened(words=line.read(count).decode(), cut=verdict == Verdict.TEXT_CUT)
    except UnicodeDecodeError:
        raise Undecodable(Fault.DIED) from None


class Line:
    """Both pipes for one question. Raises :class:`Undecodable`: too slow in all, or nobody there."""

    def __init__(self, child: Child, seconds: float) -> None:
        self._child, self._until = child, monotonic() + seconds

    def read(self, size: int) -> bytearray:
        """Return exactly so many bytes; ``size`` has been held against a bound."""
        found = bytearray(size)
        rest = memoryview(found)
        while rest:
            self._wait(self._child.answers, select.POLLIN)
            count = os.readv(self._child.answers, [rest])
            if not count:
                raise Undecodable(Fault.DIED)
            rest = rest[count:]
        return found

    def write(self, words: bytes | bytearray) -> None:
        """Hand everything over."""
        rest = memoryview(words)
        while rest:
            self._wait(self._child.questions, select.POLLOUT)
            try:
                rest = rest[os.write(self._child.questions, rest[:_SLICE]) :]
            except BrokenPipeError:
                raise Undecodable(Fault.DIED) from None

    def _wait(self, pipe: int, event: int) -> None:
        left = self._until - monotonic()
        waiting = select.poll()
        waiting.register(pipe, event)
        if left <= 0 or not waiting.poll(left * 1000):
            raise Undecodable(Fault.TOO_SLOW)
