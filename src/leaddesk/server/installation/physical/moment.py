"""``leaddesk server restore --to MOMENT``: a data folder that PostgreSQL, once started, brings to a moment.

Made from the newest base backup that had ended before, and the archive of the write-ahead log. It lies where
nothing was; what runs, and both sources, stay as they are.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leaddesk.server.installation.dumps import NotDone
from leaddesk.server.installation.physical.base import Base, Shelf
from leaddesk.server.installation.physical.programs import Programs

LATEST = "latest"
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_CONFIGURED = ("postgresql.conf", "pg_hba.conf")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where from, where to, which moment (absent: everything that is archived)."""

    shelf: Shelf
    into: Path
    moment: datetime | None


def moment_of(text: str) -> datetime | None:
    """Read a moment with its zone, or ``latest``. Raises :class:`NotDone`."""
    if text == LATEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise NotDone("--to: expected a time with its zone, such as 2026-11-22T12:00:00+00:00, or latest")
    return moment.astimezone(UTC)


def bring_back(wanted: Wanted, programs: Programs) -> Iterator[str]:
    """Make the folder; say what will be missing. Raises :class:`NotDone`, ``OSError``."""
    check_empty(wanted.into)
    base = _base_for(wanted)
    reach = _reach(wanted.shelf.wal, base)
    if wanted.moment is not None and wanted.moment > reach:
        raise NotDone(
            f"the archive reaches to {reach.isoformat(timespec='seconds')}; what is later was never archived."
            " Choose an earlier moment, or --to latest"
        )
    until = wanted.moment or reach
    yield f"base backup: {base.path.name}; the archive reaches to {reach.isoformat(timespec='seconds')}"
    yield f"lost will be: everything after {until.isoformat(timespec='milliseconds')}"
    programs.run("cp", "-a", "--", f"{base.path}/.", str(wanted.into))
    wanted.into.chmod(0o700)
    _tell_postgresql(wanted)
    yield f"ready to be started: {wanted.into}"
    missing = [name for name in _CONFIGURED if not (wanted.into / name).exists()]
    if missing:
        yield f"{', '.join(missing)}: lie elsewhere (Debian: /etc/postgresql); name them when you start it"


def check_empty(folder: Path) -> None:
    """Refuse a folder with anything in it. Raises :class:`NotDone`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotDone(f"{folder}: is not empty; nothing is written over")


def _base_for(wanted: Wanted) -> Base:
    backups = wanted.shelf.backups()
    usable = [one for one in backups if wanted.moment is None or one.ended_at <= wanted.moment]
    if not backups:
        raise NotDone(f"{wanted.shelf.base}: there is no base backup")
    if not usable:
        first = backups[0].ended_at.isoformat(timespec="seconds")
        raise NotDone(f"no base backup had ended by then; the oldest leads to {first} and later")
    return usable[-1]


def _reach(wal: Path, base: Base) -> datetime:
    """Tell when the last file was archived up to which none is missing. Raises :class:`NotDone`."""
    found = {file.name[8:]: file for file in sorted(wal.iterdir()) if _SEGMENT.fullmatch(file.name)}
    segment = base.first_segment[8:]
    if segment not in found:
        raise NotDone(f"{base.first_segment}: is not in the archive; {base.path.name} needs it")
    a_log = 2**32 // found[segment].stat().st_size
    last = found[segment]
    while (file := found.get(segment)) is not None:
        last, number = file, int(segment[:8], 16) * a_log + int(segment[8:], 16) + 1
        segment = f"{number // a_log:08X}{number % a_log:08X}"
    behind = sorted(name for name in found if name > segment)
    if behind:
        raise NotDone(
            f"{segment}: is not in the archive, but later ones are; nothing behind it can be reached"
        )
    return datetime.fromtimestamp(last.stat().st_mtime, UTC)


def _tell_postgresql(wanted: Wanted) -> None:
    """Write how it comes to the moment; it does not archive what it does there."""
    quoted = str(wanted.shelf.wal.resolve()).replace("'", "''").replace("%", "%%")
    lines = [
        "# leaddesk server restore",
        f'restore_command = \'cp "{quoted}/%f" "%p"\'',
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'latest'",
        "archive_mode = 'off'",
    ]
    if wanted.moment is not None:
        lines.append(f"recovery_target_time = '{wanted.moment.isoformat(sep=' ', timespec='microseconds')}'")
    with (wanted.into / "postgresql.auto.conf").open("a") as file:
        file.write("\n".join(lines) + "\n")
    (wanted.into / "recovery.signal").touch(mode=0o600)
    if os.geteuid() == 0:
        owner = (wanted.into / "PG_VERSION").stat()
        for name in ("postgresql.auto.conf", "recovery.signal"):
            os.chown(wanted.into / name, owner.st_uid, owner.st_gid)
