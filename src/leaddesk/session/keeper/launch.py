"""Starts the keeper: the same executable once more, two pipes, nothing else in common.

The same executable, because a Mac's keychain remembers which program made an entry, and because a bundle has
no other. Isolated (``-I``): neither the folder it is started in nor ``PYTHON…`` variables decide what is
imported. Its errors go nowhere: a library's traceback could hold what it was about to write.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from leaddesk.guard.piped.child import spawn

ARGUMENT = "--keep-keyring"
"""What the front door knows the keeper by; no person types it."""


@dataclass(frozen=True)
class Child:
    """A running keeper: our ends of both pipes, and two ways to part.

    ``leave`` hangs up, so that it ends by itself; ``end`` ends it now, whatever it waits for (blocking).
    """

    answers: int
    questions: int
    leave: Callable[[], None]
    end: Callable[[], None]


def launch() -> Child:
    """Start a keeper. Raises :class:`OSError`."""
    return _spawned() if hasattr(os, "posix_spawn") else _opened()


def command() -> list[str]:
    """Return what is started; a bundle is its own interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable, ARGUMENT]
    return [sys.executable, "-I", "-B", "-m", "leaddesk", ARGUMENT]


def _spawned() -> Child:
    child = spawn(command(), os.environ)

    def end() -> None:
        from signal import SIGKILL

        os.kill(child.process, SIGKILL)
        os.waitpid(child.process, 0)
        child.hang_up()

    return Child(child.answers, child.questions, child.hang_up, end)


def _opened() -> Child:
    """Windows."""
    import subprocess

    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        creationflags=hidden,
    )
    assert process.stdin is not None and process.stdout is not None
    inlet, outlet = process.stdin, process.stdout

    def leave() -> None:
        inlet.close()
        outlet.close()

    def end() -> None:
        process.kill()
        process.wait()
        leave()

    return Child(outlet.fileno(), inlet.fileno(), leave, end)
