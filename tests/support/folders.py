"""Folders with short names: a Unix socket's address holds 107 bytes, and the folders of pytest are longer."""

from __future__ import annotations

import os
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
    """Remove by whole paths: the watchdog cannot tell where a path relative to an open folder lies."""
    for place, folders, files in os.walk(folder, topdown=False):
        within = Path(place)
        for name in files:
            (within / name).unlink()
        for name in folders:
            path = within / name
            (path.unlink if path.is_symlink() else path.rmdir)()
    folder.rmdir()
