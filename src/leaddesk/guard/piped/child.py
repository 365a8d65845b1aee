"""Starts a program between two pipes without importing ``subprocess``: a first frame would wait for that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Child:
    """A running child and our ends of its pipes."""

    process: int
    answers: int
    questions: int

    def hang_up(self) -> None:
        """Close our ends; a child that listens ends then."""
        for pipe in (self.questions, self.answers):
            os.close(pipe)


def spawn(words: list[str], environment: Mapping[str, str]) -> Child:
    """Start a program whose errors go nowhere; every other descriptor of ours stays closed to it.

    Raises :class:`OSError`, also where processes are started otherwise (Windows).
    """
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
        process = os.posix_spawn(words[0], words, environment, file_actions=ends)
    except OSError:
        for pipe in (questions, answers):
            os.close(pipe)
        raise
    finally:
        for pipe in (asked, told):
            os.close(pipe)
    return Child(process, answers, questions)
