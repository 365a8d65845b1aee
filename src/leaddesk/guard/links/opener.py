"""Opens links from inside the sandbox, through a process that was split off before it (Linux, macOS).

A browser writes, and what is started inside inherits that nothing may be written. So a fork of the very first
moment waits outside: it holds no data, for there is none yet, and takes one line a link
(:mod:`leaddesk.guard.links.outside`). It ends with the client, whose end closes the pipe.
"""

from __future__ import annotations

import os
from typing import NoReturn

OPENED, FAILED = b"1", b"0"
_MOST_DESCRIPTORS = 4_096


class Opener:
    """Our ends of two pipes to the process outside; without them (``Opener()``) no link opens."""

    __slots__ = ("_answers", "_links")

    def __init__(self, links: int = -1, answers: int = -1) -> None:
        self._links, self._answers = links, answers

    @property
    def answers(self) -> int:
        """The descriptor that can be read when an answer is there; -1: nobody answers."""
        return self._answers

    @property
    def pipes(self) -> tuple[int, ...]:
        """Both descriptors; none where no link opens."""
        return (self._links, self._answers) if self._links >= 0 else ()

    def ask(self, link: str) -> bool:
        """Hand a link over without waiting; False if it may not leave or nobody takes it.

        Whether something opened is one byte, for :meth:`answer`; one answer a link, in their order.
        """
        from leaddesk.guard.links.grammar import may_open

        if self._links < 0 or not may_open(link):
            return False
        try:
            os.write(self._links, link.encode() + b"\n")
        except OSError:
            return False
        return True

    def answer(self) -> bool:
        """Wait for one answer: whether something opened. The end of the process outside is a no."""
        if self._answers < 0:
            return False
        return os.read(self._answers, 1) == OPENED

    def close(self) -> None:
        """Let the process outside go."""
        for pipe in (self._links, self._answers):
            if pipe >= 0:
                os.close(pipe)
        self._links = self._answers = -1


def split_off() -> Opener:
    """Fork the process that stays outside; before anything else, with one thread. Without fork: none."""
    if not hasattr(os, "fork"):
        return Opener()
    taken, links = os.pipe()
    answers, given = os.pipe()
    try:
        process = os.fork()
    except OSError:
        for pipe in (taken, links, answers, given):
            os.close(pipe)
        return Opener()
    if process == 0:
        _stay_outside(taken, given)
    os.close(taken)
    os.close(given)
    return Opener(links, answers)


def _stay_outside(taken: int, given: int) -> NoReturn:
    """Life of the fork: nothing of the client's start runs on here. It imports when a first link comes."""
    try:
        os.setsid()
        environment = dict(os.environ)
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        _close_all_but(taken, given)
        first = os.read(taken, _MOST_DESCRIPTORS)
        if first:
            from leaddesk.guard.links.outside import opening, serve

            serve(taken, given, opening(environment), first)
    finally:
        os._exit(0)


def _close_all_but(*kept: int) -> None:
    """What was inherited belongs to the client: a pipe that stays open here would never end there."""
    last = 2
    for one in sorted(kept):
        os.closerange(last + 1, one)
        last = one
    os.closerange(last + 1, _MOST_DESCRIPTORS)
