"""Two PostgreSQL servers: the data's, whose log of writes is archived; and one for keys and access log."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import psycopg

from leaddesk.server.installation.command import run_installation
from leaddesk.server.keys.custody.epochs import Epochs, FileCell
from leaddesk.server.keys.custody.master import random_master
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.envelope import Envelope
from tests.guarantees.erased.grounds import Places
from tests.guarantees.erased.marks import marks_in
from tests.guarantees.erased.raw import Known, unhexed
from tests.support import postgres, thief
from tests.support.archiver import archiving_cluster
from tests.support.postgres import ADMIN, Cluster, Dumped, DumpedMirror, LentAccess

NIGHT = ", after the night"
PATIENCE = 60.0
EMPTY_PAGE = bytes(8192)


class OnPostgres:
    """See ``grounds.Ground``."""

    def __init__(self, data: Cluster, archive: Path, apart: Cluster, folder: Path) -> None:
        self._data, self._archive, self._apart, self._folder = data, archive, apart, folder
        self._name = data.database()
        self.storage = Dumped(data, self._name)
        self._mirrors = DumpedMirror(apart), DumpedMirror(apart)
        cells = [FileCell(folder / name) for name in ("epoch-1", "epoch-2")]
        for cell in cells:
            cell.begin()
        self.house = Envelope(KeyStore(*self._mirrors), Epochs(random_master(), cells))
        self.accesses = LentAccess(apart)
        self._known = Known()
        self._since = {own: _segment(own) for own in (data, apart)}
        self._moment = ""
        self.named = set[str]()

    def put_aside(self, database: bytes, keys: list[bytes]) -> None:
        """A base backup, dumps by the operator's command, and what lies sealed under what."""
        self._known.learn(database, keys)
        for mirror in self._mirrors:
            with mirror.reading() as found:
                self._known.learn_keys(found.everything(), found.tenant_keys(), self.house.epochs)
        backup = self._data.folder / "backup"
        words = (f"--pgdata={backup}", "--checkpoint=fast", "--wal-method=none")
        self._data.program("pg_basebackup", *words)
        self._dump("before")
        with psycopg.connect(self._data.conninfo(), autocommit=True) as admin:
            ((moment,),) = admin.execute("SELECT clock_timestamp()::text").fetchall()
        self._moment = str(moment)

    def before(self, keys: Collection[bytes]) -> Places:
        """Read every place with the keys as they are, and with those in the key store's own files."""
        in_files = self._known.keys_in(self._key_files(), self.house.epochs)
        in_dump = self._known.keys_in(self._dumped("before", "keys"), self.house.epochs)
        files = self._files()
        everywhere = b"".join(files.values())
        return {
            **{place: self._known.opened_by(content, keys) for place, content in files.items()},
            "the key store's files": self._known.opened_by(everywhere, in_files),
            "the dump of keys": self._known.opened_by(everywhere, in_dump),
            "the dump": self._known.opened_by(self._dumped("before", "data"), keys),
        }

    def after(self, today: Collection[bytes]) -> Places:
        """Read every place, old and new, with today's keys.

        Not promised and only counted: what lies wrapped in the key store's files until the night.
        """
        self._dump("after")
        files = self._files()
        in_files = self._known.keys_in(self._key_files(), self.house.epochs)
        self.named = self._known.opened_by(b"".join(files.values()), in_files)
        in_dump = self._known.keys_in(self._dumped("after", "keys"), self.house.epochs)
        return {
            **{place: self._known.readable(content, today) for place, content in files.items()},
            "the dump of before": self._known.readable(self._dumped("before", "data"), today),
            "the dump": self._known.readable(self._dumped("after", "data"), today),
            "the dump of keys": self._known.opened_by(b"".join(files.values()), in_dump),
        }

    def next_day(self, today: Collection[bytes], stores: Iterable[bytes]) -> Places:
        """Read with whatever is left of keys: in files and dumps of the key store; then what is recovered."""
        everywhere, epochs = b"".join(self._files().values()), self.house.epochs
        in_files = self._known.keys_in(self._key_files(), epochs)
        in_dumps = self._known.keys_in(self._dumped("before", "keys"), epochs)
        yesterday = [key for store in stores for key in thief.keys_of(store, epochs)]
        places = {
            "the key store's files" + NIGHT: self._known.opened_by(everywhere, in_files),
            "the dump of keys" + NIGHT: self._known.opened_by(everywhere, in_dumps),
        }
        self._archived()
        with self._data.recovered(self._data.folder / "backup", self._archive, self._moment) as again:
            recovered = Dumped(again, self._name)
            database = recovered.dump()
            recovered.close()
        formerly = [key for _, key in self._known.wrapped]
        return places | {
            "": _read(database, formerly),
            "recovered to before, with today's keys": _read(database, today),
            "recovered to before, with yesterday's key store" + NIGHT: _read(database, yesterday),
        }

    def never_in_plain(self) -> dict[str, bytes]:
        """Give what no word of a lead may ever be in: the databases' own logs, the access log's files."""
        self._settled(self._apart)
        logs = b"".join((own.folder / "log").read_bytes() for own in (self._data, self._apart))
        return {
            "the databases' logs": logs,
            "the access log's files": _base(self._apart, self.accesses.name) + self._wal(self._apart),
        }

    def close(self) -> None:
        """Let go of the databases."""
        self.house.store.close()
        self.accesses.close()

    def _files(self) -> dict[str, bytes]:
        """Give the data's files as they lie on its disk."""
        self._settled(self._data)
        backup = self._data.folder / "backup"
        return {
            "the data's files": _base(self._data, self._name),
            "the log of writes and its archive": self._wal(self._data),
            "the base backup": _content(backup / "base" / _oid(self._data, self._name)),
        }

    def _key_files(self) -> bytes:
        """Give all that lies of the key store on its disk, what was replaced and not yet overwritten too."""
        self._settled(self._apart)
        return b"".join(_base(self._apart, _dbname(mirror)) for mirror in self._mirrors) + self._wal(
            self._apart
        )

    def _wal(self, own: Cluster) -> bytes:
        """Give the log of writes, archived or not, from before the first lead on, without empty pages."""
        folders = [own.folder / "data" / "pg_wal", *([self._archive] if own is self._data else [])]
        files = {file.name: file for folder in folders for file in folder.glob("?" * len(self._since[own]))}
        since = [file for name, file in sorted(files.items()) if name >= self._since[own]]
        return b"".join(file.read_bytes().replace(EMPTY_PAGE, b"") for file in since)

    def _settled(self, own: Cluster) -> None:
        with psycopg.connect(own.conninfo(), autocommit=True) as admin:
            admin.execute("CHECKPOINT")

    def _archived(self) -> None:
        """Wait until everything written so far is in the archive."""
        with psycopg.connect(self._data.conninfo(), autocommit=True) as admin:
            ((last,),) = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
        until, pause = time.monotonic() + PATIENCE, threading.Event()
        while not (self._archive / last).exists():
            assert time.monotonic() < until, "the archive takes nothing"
            pause.wait(0.05)

    def _dump(self, name: str) -> None:
        """``leaddesk server backup``, keys into a folder of their own."""
        config = self._folder / "server.toml"
        one, other = (self._apart.place(_dbname(mirror)) for mirror in self._mirrors)
        config.write_text(f"""
[instance]
name = "Nordwind"
[storage]
backend = "postgresql"
database = "{self._data.place(self._name)}"
[keys]
databases = ["{one}", "{other}"]
epochs = ["{self._folder}/a", "{self._folder}/b"]
[access_log]
postgresql = "{self._apart.place(self.accesses.name)}"
""")
        folder, said = self._folder / name, io.StringIO()
        words = ["--admin", f"user={ADMIN}", "--to", str(folder / "data"), "--keys-to", str(folder / "keys")]
        with patch.dict(os.environ, _surroundings(), clear=True), redirect_stdout(said):
            assert run_installation(["backup", "--config", str(config), *words]) == 0, said.getvalue()

    def _dumped(self, name: str, kind: str) -> bytes:
        """Read dumps of this name as words, then as the bytes that they spell."""
        text = b""
        for file in sorted((self._folder / name / kind).rglob("*.dump")):
            words = ["pg_restore", "--file=-", str(file)]
            done = subprocess.run(words, env=_surroundings(), capture_output=True, check=False)
            assert done.returncode == 0, done.stderr.decode()
            text += done.stdout
        assert text, f"nothing was dumped as {name}/{kind}"
        return text + unhexed(text)


@contextmanager
def on_postgres(folder: Path) -> Iterator[OnPostgres]:
    """Make both servers and what lies on them."""
    with archiving_cluster() as (data, archive), postgres.cluster() as apart:
        ground = OnPostgres(data, archive, apart, folder)
        try:
            yield ground
        finally:
            ground.close()


def _read(database: bytes, keys: Iterable[bytes]) -> set[str]:
    """Try every key on every value."""
    return {mark for piece in thief.tried(database, keys) for mark in marks_in(piece)}


def _surroundings() -> dict[str, str]:
    """The environment as an operator has it, with PostgreSQL's programs."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LEADDESK_")}
    any_key = base64.b64encode(bytes(32)).decode()  # a backup opens nothing
    return env | {"PATH": f"{postgres.programs()}:{env['PATH']}", "LEADDESK_MASTER_KEY": any_key}


def _dbname(mirror: DumpedMirror) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(mirror.conninfo)["dbname"])


def _oid(own: Cluster, database: str) -> str:
    with psycopg.connect(own.conninfo()) as admin:
        ((oid,),) = admin.execute("SELECT oid FROM pg_database WHERE datname = %s", (database,)).fetchall()
    return str(oid)


def _base(own: Cluster, database: str) -> bytes:
    return _content(own.folder / "data" / "base" / _oid(own, database))


def _segment(own: Cluster) -> str:
    """Name the file that writes are logged in now."""
    with psycopg.connect(own.conninfo()) as admin:
        ((name,),) = admin.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchall()
    return str(name)


def _content(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
