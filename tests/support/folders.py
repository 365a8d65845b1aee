"""Folders with short names: a Unix socket's address holds 107 bytes, and the folders of pytest are longer."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_folder(prefix: str) -> Iterator[Path]:
    """A new folder in the temporary one, removed with everything in it at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove by a program of its own: a database has thousands of files, and the watchdog looks at each."""
    subprocess.run(["rm", "-rf", "--", str(folder)], check=True)
