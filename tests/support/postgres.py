"""A PostgreSQL of the tests' own: made in the temporary folder, reached by a socket there, gone with them.

Nothing needs to be prepared but the package; no cluster of the machine is touched. PostgreSQL refuses root,
so that root starts it as the user ``nobody``.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from leaddesk.server.database import roles
from leaddesk.server.database.migration import Schema
from leaddesk.server.eventlog.postgres.migration import DATA
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION, OWNER, make_roles
from leaddesk.server.eventlog.schema import TABLES
from leaddesk.server.identity.storage.schema import TABLES as IDENTITY
from leaddesk.server.keys.custody import postgres as custody
from leaddesk.server.keys.custody.mirror import Key
from leaddesk.server.keys.custody.sqlite import SqliteMirror
from leaddesk.server.oversight.postgres import storage as accesses
from tests.support.folders import remove

ADMIN, TEMPLATE = "tests", "migrated"
KEYS_TEMPLATE, ACCESS_TEMPLATE = "migrated_keys", "migrated_access"
DEBIANS = Path("/usr/lib/postgresql")
PR_SET_PDEATHSIG = 1
PATIENCE = 60.0
LOGGED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND relpersistence = 'p' AND relname NOT IN ('instance', 'lease') ORDER BY relname"
)
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "logging_collector": "off",
}
"""Quick rather than durable: what has to survive a crash is tested elsewhere, with the real settings."""


class Cluster:
    """A running server. ``folder`` is its home; databases are copies of one that is migrated."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self._settings = settings
        self._numbers = itertools.count(1)
        self._unused: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def conninfo(self, database: str = "postgres", user: str = ADMIN) -> str:
        """How to reach a database as somebody."""
        return f"host={self.folder} dbname={database} user={user}"

    def place(self, database: str) -> str:
        """How to reach a database, without saying as whom."""
        return f"host={self.folder} dbname={database}"

    def make(self) -> None:
        """Make the cluster, empty, with an identity of its own."""
        self.own_folder()
        words = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        command = ["initdb", f"--username={ADMIN}", f"--pgdata={self.folder / 'data'}", *words]
        done = subprocess.run(command, **_surroundings(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        settings = {"unix_socket_directories": str(self.folder), **SETTINGS, **self._settings}
        words = [f"--{name}={value}" for name, value in settings.items()]
        until = time.monotonic() + PATIENCE
        while True:
            if self._process is None or self._process.poll() is not None:
                self._process = self._begun(words)  # a child of the one before may have lived a moment longer
            try:
                psycopg.connect(self.conninfo()).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self.folder / "log").read_text("utf-8", "replace")
                time.sleep(0.03)

    def _begun(self, words: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["postgres", "-D", str(self.folder / "data"), *words],
                **_surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: at once, by ``SIGQUIT`` as if it crashed, by ``SIGKILL`` with all its children.

        Whoever kills the parent alone leaves children that serve on until they notice; as long as one of
        them lives no other server starts on that folder.
        """
        if self._process is not None:
            children = _children(self._process.pid) if how == signal.SIGKILL else []
            self._process.send_signal(how)
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def program(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's programs on this server."""
        command = [name, f"--host={self.folder}", f"--username={ADMIN}", *words]
        done = subprocess.run(command, **_surroundings(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    @contextmanager
    def recovered(self, backup: Path, archive: Path, moment: str | None) -> Iterator[Cluster]:
        """Another server on a base backup, brought forward by the archive to a moment, or all the way.

        This one stands still meanwhile.
        """
        folder = self.folder / f"again-{next(self._numbers)}"
        folder.mkdir()
        again = Cluster(folder, dict(self._settings))
        shutil.move(backup, again.folder / "data")
        (again.folder / "data" / "recovery.signal").touch()
        again._settings |= {"archive_mode": "off", "restore_command": f"cp {archive}/%f %p"}
        if moment is not None:
            again._settings |= {"recovery_target_time": moment, "recovery_target_action": "promote"}
        again.own_all()
        self.stop()
        again.start()
        try:
            again.wait_until_writable()
            yield again
        finally:
            again.stop()
            self.start()

    def own_folder(self) -> None:
        """Give the empty folder to the user that runs the server."""
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            _let_through(self.folder.parent)

    def own_all(self) -> None:
        """Give everything to the user that runs the server."""
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        (self.folder / "data").chmod(0o700)

    def wait_until_writable(self) -> None:
        """Wait for the end of a recovery."""
        until = time.monotonic() + PATIENCE
        while True:
            with psycopg.connect(self.conninfo()) as admin:
                if admin.execute("SELECT NOT pg_is_in_recovery()").fetchall() == [(True,)]:
                    return
            assert time.monotonic() < until, (self.folder / "log").read_text("utf-8", "replace")
            time.sleep(0.05)

    def prepare(self) -> None:
        """Make the roles and the migrated database."""
        with psycopg.connect(self.conninfo(), autocommit=True) as admin:
            make_roles(admin)
            roles.make_roles(admin, {**custody.ROLES, **accesses.ROLES})
        self._template(TEMPLATE, DATA)
        self._template(KEYS_TEMPLATE, custody.KEYS)
        self._template(ACCESS_TEMPLATE, accesses.ACCESSES)

    def _template(self, name: str, schema: Schema) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {schema.owner}".encode())
        schema.migrate(self.conninfo(name))

    def database(self) -> str:
        """Return the name of a migrated database without rows: one that was used before, or a new one."""
        return self._unused.pop() if self._unused else self.copy_of(TEMPLATE)

    def copy_of(self, template: str, owner: str = OWNER) -> str:
        """Make a database like a template; what the template itself is walled with is not copied."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}".encode())
        return name

    def key_stores(self) -> tuple[str, str]:
        """Make two databases for the mirrors of a key store; gives how to reach them."""
        first, second = (self.copy_of(KEYS_TEMPLATE, custody.OWNER) for _ in range(2))
        return self.place(first), self.place(second)

    def take_back(self, name: str) -> None:
        """Empty a database for the next test: ten times as quick as making one.

        What a killed server had begun may still be under way: it would wait for us, or we for it, or it would
        leave its rows after us.
        """
        with psycopg.connect(self.conninfo(name), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                (int(PATIENCE * 1000),),
            )
        with psycopg.connect(self.conninfo(name)) as admin:
            tables = admin.execute("SELECT relid::regclass::text FROM pg_stat_user_tables").fetchall()
            admin.execute(
                "; ".join(f"DELETE FROM {name}" for (name,) in tables if name != "instance").encode()
            )
        self._unused.append(name)


@cache
def _pristine() -> Path:
    """A cluster that never runs: copying it is five times as quick as making one."""
    own = Cluster(Path(tempfile.mkdtemp(prefix="pg-")), {})
    atexit.register(remove, own.folder)
    own.make()
    return own.folder / "data"


@contextmanager
def cluster(*, prepared: bool = True, **settings: str) -> Iterator[Cluster]:
    """A cluster, with a migrated template if not told else; one that archives is no copy of another."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    own = Cluster(folder, settings)
    try:
        if "archive_mode" in settings:
            own.make()
        else:
            shutil.copytree(_pristine(), folder / "data")
            own.own_all()
        own.start()
        if prepared:
            own.prepare()
        yield own
    finally:
        own.stop(signal.SIGQUIT)  # without the checkpoint of an orderly end: all of it goes
        remove(folder)


@contextmanager
def follower(first: Cluster) -> Iterator[Cluster]:
    """A standby of a server (``wal_level = replica``), which can be read, and promoted."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    own = Cluster(folder, dict(first._settings))
    try:
        own.own_folder()
        words = [
            f"--pgdata={folder / 'data'}",
            "--checkpoint=fast",
            "--wal-method=stream",
            "--write-recovery-conf",
        ]
        first.program("pg_basebackup", *words)
        own.start()
        yield own
    finally:
        own.stop(signal.SIGQUIT)
        remove(folder)


def _children(parent: int) -> list[int]:
    """The processes that a process has begun."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(folder.name))
    return found


class Dumped(PostgresStorage):
    """A storage as the application has it, and what somebody else would find in a dump of its database."""

    def __init__(self, own: Cluster, name: str) -> None:
        self.conninfo = own.conninfo(name, APPLICATION)
        super().__init__(self.conninfo)
        self._admin = own.conninfo(name)
        self._moments: dict[bytes, dict[str, bytes]] = {}

    def tamper(self, sql: str, *values: object) -> int:
        """Change rows as somebody who administers the PostgreSQL; returns how many."""
        with psycopg.connect(self._admin) as admin:
            return admin.execute(sql.replace("?", "%s").encode(), values).rowcount

    def dump(self) -> bytes:
        """All rows of all tables that a dump contains, as a SQLite file, which the thief can read."""
        copy = sqlite3.connect(":memory:")
        copy.executescript(TABLES)
        copy.executescript(IDENTITY)
        with psycopg.connect(self._admin) as admin:
            for (table,) in admin.execute(LOGGED).fetchall():
                rows = admin.execute(f"SELECT * FROM {table}".encode()).fetchall()
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    copy.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        copy.commit()
        dumped = copy.serialize()
        self._moments[dumped] = self._copied()
        return dumped

    def _copied(self) -> dict[str, bytes]:
        with psycopg.connect(self._admin) as admin:
            copied = {}
            for (table,) in admin.execute(LOGGED).fetchall():
                with admin.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as rows:
                    copied[table] = b"".join(bytes(part) for part in rows)
            return copied

    def restore(self, dumped: bytes) -> None:
        """Become what was dumped."""
        with psycopg.connect(self._admin) as admin:
            admin.execute("SET session_replication_role = replica")  # neither triggers nor references
            for table, copied in self._moments[dumped].items():
                admin.execute(f"DELETE FROM {table}".encode())
                with admin.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as rows:
                    rows.write(copied)


class Lent(PostgresStorage):
    """A storage on a database that goes back, empty, when it is closed."""

    def __init__(self, own: Cluster) -> None:
        self._own, self.name = own, own.database()
        self.conninfo = own.conninfo(self.name, APPLICATION)
        super().__init__(self.conninfo)

    def close(self) -> None:
        """Give the database back."""
        super().close()
        self._own.take_back(self.name)


class DumpedMirror(custody.PostgresMirror):
    """A copy of the key store on a database of its own, and what somebody else finds in its backup."""

    def __init__(self, own: Cluster) -> None:
        self.conninfo = own.conninfo(own.copy_of(KEYS_TEMPLATE, custody.OWNER), custody.KEEPER)
        super().__init__(self.conninfo)

    def dump(self) -> bytes:
        """All keys as a SQLite file, as :class:`SqliteMirror` has them, which the thief can read."""
        copy = SqliteMirror(":memory:")
        writes = copy.begin()
        with self.reading() as found:
            writes.put(list[Key](found.everything()), found.tenant_keys())
            writes.count(found.generation())
        writes.end("COMMIT")
        return copy.dump()

    def restore(self, backup: bytes) -> None:
        """Become what a backup holds."""
        held = SqliteMirror(":memory:")
        held._connection.deserialize(backup)
        writes = self.begin()
        writes._rows.run("DELETE FROM data_key")
        writes._rows.run("DELETE FROM tenant_key")
        with held.reading() as found:
            writes.put(list(found.everything()), found.tenant_keys())
            writes.count(found.generation())
        writes.end("COMMIT")


class LentAccess(accesses.PostgresAccess):
    """An access log on a database of its own, and somebody who may change everything in it."""

    def __init__(self, own: Cluster) -> None:
        self.name = own.copy_of(ACCESS_TEMPLATE, accesses.OWNER)
        accesses.ACCESSES.migrate(own.conninfo(self.name))
        self._admin = own.conninfo(self.name)
        super().__init__(own.place(self.name))

    def tamper(self, statement: str) -> None:
        """Change what nobody may change."""
        with psycopg.connect(self._admin) as admin:
            admin.execute(statement.encode())


@contextmanager
def stored(own: Cluster) -> Iterator[Dumped]:
    """A storage on a database of its own, as the application role."""
    name = own.database()
    storage = Dumped(own, name)
    try:
        yield storage
    finally:
        storage.close()
        own.take_back(name)


def programs() -> Path:
    """The folder of the newest PostgreSQL here; Debian's are not on the PATH."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return max(DEBIANS.glob("*/bin"), key=lambda place: int(place.parent.name))


def _surroundings() -> dict[str, Any]:
    """Neither the caller's PGHOST nor root's rights."""
    unprivileged = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    more: dict[str, Any] = {"cwd": "/", "preexec_fn": _end_with_parent, **unprivileged}
    env = {"PATH": f"{programs()}:{os.environ['PATH']}", "LANG": "C.UTF-8", "TZ": "UTC"}
    return {"env": env, **more}


def _let_through(folder: Path) -> None:
    """Let ``nobody`` pass, not look: the folders above may be root's alone (tests.support.desktop)."""
    while folder != folder.parent and folder.stat().st_uid == 0:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o011)
        folder = folder.parent


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
