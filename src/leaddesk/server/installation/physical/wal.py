"""``leaddesk server keep-wal FILE --to FOLDER``: PostgreSQL's ``archive_command``; runs once for 16 MB.

A file is in the archive wholly and on the disk, or not at all; one that is there is never written over. The
same again is fine, for PostgreSQL asks again after a crash; another one of that name is refused, and
PostgreSQL says so in its log and keeps its own.
"""

import filecmp
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from leaddesk.server.operations.service.arguments import Parser

_PIECE = 1024 * 1024


class Refused(Exception):
    """The archive has another file of that name."""


def run_keep_wal(words: Sequence[str]) -> int:
    """Archive one file; 0 if it is there at the end. PostgreSQL reads the exit code and logs the sentence."""
    parser = Parser("leaddesk server keep-wal")
    parser.add_argument("file", metavar="FILE", type=Path, help="%%p of archive_command")
    parser.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="the archive")
    options = parser.parse_args(words)
    try:
        keep(options.file, options.to)
    except Refused:
        sys.stderr.write(f"leaddesk server: {options.file.name} is archived already, and is another file\n")
        return 1
    except OSError as wrong:
        sys.stderr.write(f"leaddesk server: {wrong.filename}: {wrong.strerror}\n")
        return 1
    return 0


def keep(source: Path, archive: Path) -> None:
    """Put a file into the archive. Raises :class:`Refused`, ``OSError``."""
    target = archive / source.name
    if target.exists():
        if not filecmp.cmp(source, target, shallow=False):
            raise Refused
        _on_disk(target)
        _on_disk(archive)
        return
    begun = archive / f".{source.name}.{os.getpid()}.part"
    try:
        _copied(source, begun)
        os.link(begun, target)  # fails if somebody else has put one there meanwhile
    except FileExistsError:
        raise Refused from None
    finally:
        begun.unlink(missing_ok=True)
    _on_disk(archive)


def _copied(source: Path, begun: Path) -> None:
    handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file, source.open("rb") as read:
        while piece := read.read(_PIECE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
