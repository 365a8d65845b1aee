"""Starts the child: the same executable once more, isolated, with an empty environment and two pipes.

It is started from inside the guard and inherits it; what a decoder needs less than the client, it gives up
itself (:mod:`leaddesk.guard.cell.entering`). Its errors go nowhere: a traceback could quote the file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from leaddesk.decoding.bounds import Kind

ARGUMENT = "--decode"
"""What the front door knows the child by; no person types it."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running child and our ends of its pipes, which do not block."""

    process: int
    answers: int
    questions: int


Start = Callable[[Kind], Child]


def command(kind: Kind) -> list[str]:
    """Return what is started; a bundle is its own interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable, ARGUMENT, kind]
    return [sys.executable, "-I", "-B", "-m", "leaddesk", ARGUMENT, kind]


def launch(kind: Kind) -> Child:
    """Start a child. Raises :class:`OSError`, also where processes are started otherwise (Windows)."""
    return spawned(command(kind))


def spawned(words: list[str]) -> Child:
    """Start a program between two pipes. Raises :class:`OSError`."""
    if not hasattr(os, "posix_spawn"):
        raise OSError
    asked, questions = os.pipe()
    answers, told = os.pipe()
    ends = [
        (os.POSIX_SPAWN_DUP2, asked, 0),
        (os.POSIX_SPAWN_DUP2, told, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        process = os.posix_spawn(words[0], words, {}, file_actions=ends)
    except OSError:
        for pipe in (questions, answers):
            os.close(pipe)
        raise
    finally:
        for pipe in (asked, told):
            os.close(pipe)
    for pipe in (questions, answers):
        os.set_blocking(pipe, False)
    return Child(process, answers, questions)
