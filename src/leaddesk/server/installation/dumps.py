"""``backup`` and ``restore``: a dump of each database, the key store's apart from the others.

What dumps of keys open is over at the next night; those of data may be kept for as long as one likes: without
living keys they say nothing. Data is dumped before keys, so that no key is missing that the data needs.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leaddesk.server.database.connections import Connection
from leaddesk.server.installation.databases import Database, connected
from leaddesk.server.installation.making import init, make

PREFIX, FORM = "leaddesk-", "%Y%m%dT%H%M%SZ"
KEYS_LAST = timedelta(days=1)
"""After that a dump of keys opens nothing; it is removed by the next backup."""
_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace)"


class NotDone(Exception):
    """A backup or a restore did not come to its end; the text is the sentence."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where dumps go; those of keys somewhere else, or nowhere."""

    data: Path
    keys: Path | None


def backup(databases: list[Database], admin: str, folders: Folders) -> Iterator[str]:
    """Dump every database into a folder of this moment. Raises :class:`NotDone`, ``OSError``."""
    if folders.keys is not None and folders.keys.resolve() == folders.data.resolve():
        raise NotDone("--keys-to: expected another folder than --to: keys are kept for a day only")
    name = PREFIX + datetime.now(UTC).strftime(FORM)
    for database in databases:
        folder = folders.keys if database.holds_keys else folders.data
        if folder is None:
            yield f"{database.name}: not dumped; its two mirrors stand for each other (--keys-to dumps them)"
            continue
        place = folder / name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = place / f"{database.name}.dump"
        _dump(database.conninfo(admin), file)
        file.chmod(0o600)
        yield f"{database.name}: {file} ({file.stat().st_size} bytes)"
    if folders.keys is not None:
        yield from _forgotten(folders.keys)


def restore(databases: list[Database], admin: str, source: Path | None, keys: Path | None) -> Iterator[str]:
    """Fill databases from dumps, only such as are empty or not there. Raises as :func:`backup`."""
    for database in databases:
        folder = keys if database.holds_keys else source
        if folder is None:
            yield f"{database.name}: left as it is"
            continue
        file = folder / f"{database.name}.dump"
        if not file.is_file():
            raise NotDone(f"{database.name}: {file} is not there")
        with connected(database.conninfo(admin, maintenance=True)) as connection:
            database.roles(connection)
        if not make(database, admin) and not _is_empty(database, admin):
            raise NotDone(f"{database.name}: {database.dbname} is not empty; nothing is written over")
        _fill(database.conninfo(admin), file)
        yield f"{database.name}: restored from {file}"
        yield from init([database], admin)


def _is_empty(database: Database, admin: str) -> bool:
    connection: Connection
    with connected(database.conninfo(admin)) as connection:
        return bool(connection.execute(_EMPTY).fetchall()[0][0])


def _forgotten(folder: Path) -> Iterator[str]:
    """Remove what opens nothing any more."""
    until = PREFIX + (datetime.now(UTC) - KEYS_LAST).strftime(FORM)
    for old in sorted(folder.glob(f"{PREFIX}*")):
        if old.is_dir() and old.name < until:
            shutil.rmtree(old)
            yield f"keys: removed {old}"


def _dump(source: str, file: Path) -> None:
    words = ["--format=custom", "--no-unlogged-table-data", f"--file={file}", f"--dbname={source}"]
    _judge(subprocess.run(["pg_dump", *words], capture_output=True, check=False))  # noqa: S603, S607


def _fill(target: str, file: Path) -> None:
    words = ["--exit-on-error", "--single-transaction", f"--dbname={target}", str(file)]
    _judge(subprocess.run(["pg_restore", *words], capture_output=True, check=False))  # noqa: S603, S607


def _judge(done: "subprocess.CompletedProcess[bytes]") -> None:
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotDone(f"{done.args[0]}: {said[0] if said else f'ended with {done.returncode}'}")
