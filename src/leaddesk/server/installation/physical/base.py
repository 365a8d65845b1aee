"""``leaddesk server backup --base FOLDER --wal FOLDER``: a base backup, and the end of what is too old.

Kept is what brings the data back to any moment of the last 35 days: base backups of these days, the one
before them, and the write-ahead log from its start on.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leaddesk.server.installation.databases import Database
from leaddesk.server.installation.dumps import NotDone
from leaddesk.server.installation.physical.clusters import archives, system_of
from leaddesk.server.installation.physical.programs import Programs

PREFIX, FORM, BEGUN = "base-", "%Y%m%dT%H%M%S%fZ", ".part"
KEPT_DAYS = 35
_START = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$", re.MULTILINE)
_SEGMENT = re.compile(r"([0-9A-F]{24})(\.[0-9A-F]{8}\.backup|\.partial)?")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where base backups lie, and the archive of the write-ahead log."""

    base: Path
    wal: Path

    def backups(self) -> list["Base"]:
        """List the base backups that came to their end, oldest first."""
        found = [Base(path) for path in self.base.glob(f"{PREFIX}*") if not path.name.endswith(BEGUN)]
        return sorted(found, key=lambda one: one.ended_at)


@dataclass(frozen=True, slots=True)
class Base:
    """One base backup; its name says when it had ended: from then on it leads to every moment."""

    path: Path

    @property
    def ended_at(self) -> datetime:
        """Return when. Raises :class:`NotDone` for a folder of another name."""
        try:
            return datetime.strptime(self.path.name, PREFIX + FORM).replace(tzinfo=UTC)
        except ValueError:
            raise NotDone(f"{self.path}: is no base backup of ours; put it somewhere else") from None

    @property
    def first_segment(self) -> str:
        """Name the first file of the write-ahead log it needs. Raises :class:`NotDone`, ``OSError``."""
        found = _START.search((self.path / "backup_label").read_text("utf-8"))
        if found is None:
            raise NotDone(f"{self.path}: its backup_label does not say where it begins")
        return found[1]


def back_up(
    databases: Sequence[Database], admin: str, shelf: Shelf, programs: Programs, days: int = KEPT_DAYS
) -> Iterator[str]:
    """Make one and remove what is too old. Raises :class:`NotDone`, ``psycopg.Error``, ``OSError``."""
    data = databases[0]
    _check(databases, admin)
    yield from _others(databases, admin)
    begun = shelf.base / f"{PREFIX}{_named(datetime.now(UTC))}{BEGUN}"
    place = f"--dbname={data.conninfo(admin, maintenance=True)}"
    how = ("--checkpoint=fast", "--wal-method=none", "--manifest-checksums=SHA256", "--no-password")
    programs.run("pg_basebackup", place, f"--pgdata={begun}", *how)
    done = begun.rename(shelf.base / f"{PREFIX}{_named(datetime.now(UTC))}")
    _sync(shelf.base)
    yield f"data: {done}, with the write-ahead log from {Base(done).first_segment} on"
    yield from pruned(shelf, datetime.now(UTC) - timedelta(days=days))


def pruned(shelf: Shelf, since: datetime) -> Iterator[str]:
    """Remove what no moment after ``since`` needs; nothing as long as there is no base backup."""
    backups = shelf.backups()
    older = [one for one in backups if one.ended_at <= since]
    for one in older[:-1]:
        shutil.rmtree(one.path)
        yield f"data: removed {one.path}"
    kept = [*older[-1:], *(one for one in backups if one.ended_at > since)]
    if kept:
        first = min(one.first_segment[8:] for one in kept)
        gone = [file for file in shelf.wal.iterdir() if _is_before(file.name, first)]
        for file in gone:
            file.unlink()
        if gone:
            yield f"data: removed {len(gone)} files of the write-ahead log before {first}"


def _is_before(name: str, first: str) -> bool:
    """Tell whether a file of the archive lies before a segment, on whichever timeline; histories stay."""
    found = _SEGMENT.fullmatch(name)
    return found is not None and found[1][8:] < first


def _check(databases: Sequence[Database], admin: str) -> None:
    data = databases[0]
    system = system_of(data, admin)
    for one in databases:
        if one.holds_keys and system_of(one, admin) == system:
            raise NotDone(
                f"{one.name}: lies in the same PostgreSQL as the data; a base backup would keep keys that are"
                " destroyed. Give the keys a PostgreSQL of their own, without an archive"
            )
    if not archives(data, admin):
        raise NotDone("data: archive_mode is off; without the write-ahead log a base backup leads nowhere")


def _others(databases: Sequence[Database], admin: str) -> Iterator[str]:
    system = system_of(databases[0], admin)
    for one in databases[1:]:
        if one.holds_keys:
            yield f"{one.name}: not in it; keys are never archived"
        elif system_of(one, admin) == system:
            yield f"{one.name}: in it, for it lies in the same PostgreSQL"
        else:
            yield f"{one.name}: NOT in it, for it lies in another PostgreSQL; backup --to dumps it"


def _named(moment: datetime) -> str:
    return moment.strftime(FORM)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
