"""Starts the child: the same executable once more, isolated, with an empty environment and two pipes.

It is started from inside the guard and inherits it; what a decoder needs less than the client, it gives up
itself (:mod:`leaddesk.guard.cell.entering`). Its errors go nowhere: a traceback could quote the file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from leaddesk.decoding.bounds import Kind
from leaddesk.guard.piped.child import Child, spawn

ARGUMENT = "--decode"
"""What the front door knows the child by; no person types it."""


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
    """Start a program whose pipes do not block. Raises :class:`OSError`."""
    child = spawn(words, {})
    for pipe in (child.questions, child.answers):
        os.set_blocking(pipe, False)
    return child
