"""The sink: lines that are only ever added, on the disk before the call returns.

Best on another machine's append-only mount: then who takes over this server cannot take back what it said.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Sink(Protocol):
    """Keeps what was signed."""

    def append(self, line: Mapping[str, str | int]) -> None:
        """Add a line. Raises ``OSError``."""

    def lines(self) -> list[dict[str, str | int]]:
        """Read everything back, for verification. Raises ``OSError``."""


class MemorySink:
    """For the demo and tests; ends with the process."""

    def __init__(self) -> None:
        self._lines: list[dict[str, str | int]] = []

    def append(self, line: Mapping[str, str | int]) -> None:
        """Add a line."""
        self._lines.append(dict(line))

    def lines(self) -> list[dict[str, str | int]]:
        """Read everything back."""
        return list(self._lines)


class FileSink:
    """A file of JSON lines that only its owner may read; opened for appending, each time anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, line: Mapping[str, str | int]) -> None:
        """Add a line and wait for the disk. Raises ``OSError``."""
        opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            text = json.dumps(dict(line), separators=(",", ":"), sort_keys=True) + "\n"
            os.write(opened, text.encode())
            os.fsync(opened)
        finally:
            os.close(opened)

    def lines(self) -> list[dict[str, str | int]]:
        """Read everything back; a line that a crash cut off at the end is left out. Raises ``OSError``."""
        whole, _, _cut = self._path.read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]
