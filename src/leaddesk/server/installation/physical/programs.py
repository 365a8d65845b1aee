"""PostgreSQL's own programs, as whoever administers it runs them."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from leaddesk.server.installation.dumps import NotDone

DEBIANS = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs of each version apart, and not on the PATH."""


class Programs:
    """``surroundings``: what is said to ``subprocess`` beside the command (whose user, which variables)."""

    def __init__(self, surroundings: dict[str, Any] | None = None) -> None:
        self._surroundings = surroundings or {}

    def run(self, name: str, *words: str) -> None:
        """Run one to its end. Raises :class:`NotDone` with the first line it said."""
        command = [name, *words]
        more: dict[str, Any] = {"executable": self._found(name), "capture_output": True, "check": False}
        done = subprocess.run(command, **self._surroundings, **more)  # noqa: S603, PLW1510
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotDone(f"{name}: {said[0] if said else f'ended with {done.returncode}'}")

    def begin(self, name: str, *words: str, log: Path) -> "subprocess.Popen[bytes]":
        """Begin one that goes on; what it says goes into a file."""
        with log.open("ab") as file:
            command = [name, *words]
            more: dict[str, Any] = {"executable": self._found(name), "stdin": subprocess.DEVNULL}
            return subprocess.Popen(command, **self._surroundings, **more, stdout=file, stderr=file)  # noqa: S603

    def _found(self, name: str) -> str:
        path = self._surroundings.get("env", os.environ).get("PATH")
        found = shutil.which(name, path=path)
        if found is None:
            newest = sorted(DEBIANS.glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]))
            if not newest:
                raise NotDone(f"{name}: is not there; it comes with PostgreSQL")
            found = str(newest[-1])
        return found
