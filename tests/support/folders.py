"""Folders with short names: a Unix socket's address holds 107 bytes, and the folders of pytest are longer."""

from __future__ import annotations

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
    for path in sorted(folder.rglob("*"), reverse=True):
        (path.rmdir if path.is_dir() and not path.is_symlink() else path.unlink)()
    folder.rmdir()
