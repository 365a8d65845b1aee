"""``leaddesk server drill``: a restore to a scratch folder, started, verified, measured and removed.

Beside the running server and without touching it. PostgreSQL starts only as an ordinary user: the one that
may read the base backups, usually ``postgres``.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from leaddesk.server.archive.databases import Asked, verified
from leaddesk.server.installation.databases import MAINTENANCE, Database, connected
from leaddesk.server.installation.dumps import NotDone
from leaddesk.server.installation.physical.clusters import system_of
from leaddesk.server.installation.physical.moment import Wanted, bring_back, check_empty
from leaddesk.server.installation.physical.programs import Programs
from leaddesk.server.operations.settings import ServerSettings

PATIENCE_SECONDS = 6 * 3600.0
"""How long a recovery may take."""
LOOK_SECONDS = 0.2
_LAST = "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
_KEYS = {"data": "storage.database", "access": "access_log.postgresql"}


class NotWhole(NotDone):
    """What was restored is not as it was written and signed."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What is tried: ``config`` and its settings, the databases, and how an administrator connects."""

    config: Path
    settings: ServerSettings
    databases: list[Database]
    admin: str


def drill(this: Drill, wanted: Wanted, programs: Programs) -> Iterator[str]:
    """Do it. Raises :class:`NotDone`, :class:`NotWhole`, ``OSError``."""
    began = time.monotonic()
    check_empty(wanted.into)  # from here on everything in it is the drill's own
    try:
        yield from bring_back(wanted, programs)
        copied = time.monotonic()
        with _running(wanted.into, programs) as socket:
            last = _recovered(socket, this.admin)
            ready = time.monotonic()
            yield f"copied in {copied - began:.1f} s, brought to the moment in {ready - copied:.1f} s"
            yield _lost(wanted, last)
            yield from _whole(this, wanted, socket)
            yield f"the drill took {time.monotonic() - began:.1f} s"
    finally:
        if wanted.into.exists():
            programs.run("rm", "-r", "--", str(wanted.into))


def _lost(wanted: Wanted, last: datetime | None) -> str:
    if last is None:
        return "the last change lies in the base backup itself"
    until = f"the last change is of {last.astimezone(UTC).isoformat(timespec='milliseconds')}"
    if wanted.moment is None:
        return until
    return f"{until}, {(wanted.moment - last).total_seconds():.1f} s before the moment"


def _whole(this: Drill, wanted: Wanted, socket: Path) -> Iterator[str]:
    """Verify the logs there as on a real restore; keys are not needed."""
    settings = _elsewhere(this, socket)
    moment = None if wanted.moment is None else wanted.moment.isoformat()
    report, summary = verified(Asked(this.config, restored_to=moment), settings)
    yield from (*report.findings, *report.notes, summary)
    if report.findings:
        raise NotWhole("what was restored is NOT as it was written and signed")


def _elsewhere(this: Drill, socket: Path) -> ServerSettings:
    """Name the restored databases instead of those that run."""
    data = this.databases[0]
    moved = [one for one in this.databases if one.name in _KEYS and _is_beside(this, data, one)]
    values = {_KEYS[one.name]: make_conninfo(one.place, host=str(socket), port=None) for one in moved}
    return replace(this.settings, values={**this.settings.values, **values})


def _is_beside(this: Drill, data: Database, one: Database) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        return one is data or system_of(one, this.admin) == system_of(data, this.admin)
    return one is data  # nothing runs: then a drill is no drill, but the data is there


@contextmanager
def _running(folder: Path, programs: Programs) -> Iterator[Path]:
    """Start PostgreSQL on a folder, reached by a socket in it alone; stop it at the end."""
    rules = folder / "leaddesk_drill_hba.conf"
    rules.write_text("local all all trust\n")  # the folder is its owner's alone
    if os.geteuid() == 0:
        owner = (folder / "PG_VERSION").stat()
        os.chown(rules, owner.st_uid, owner.st_gid)
    said = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "hba_file": str(rules),
        "hot_standby": "off",
        "logging_collector": "off",
        "autovacuum": "off",
    }
    given = [f"--{name}={value}" for name, value in said.items()]
    if not (folder / "postgresql.conf").exists():
        given.append("--config-file=" + str(folder / "postgresql.auto.conf"))
    log = folder / "leaddesk_drill.log"
    process = programs.begin("postgres", "-D", str(folder), *given, log=log)
    try:
        _await_socket(process, folder, log)
        yield folder
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _await_socket(process: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    """Wait until it takes connections: at the end of the recovery. Raises :class:`NotDone`."""
    place = make_conninfo(host=str(folder), dbname=MAINTENANCE)
    until, waiting = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotDone(f"PostgreSQL ended: {_last_words(log)}")
        try:
            psycopg.connect(place, user="leaddesk_auditor").close()
            return
        except psycopg.OperationalError:
            waiting.wait(LOOK_SECONDS)
    raise NotDone("PostgreSQL did not come to the moment in time")


def _last_words(log: Path) -> str:
    said = log.read_text("utf-8", "replace").strip().splitlines()
    telling = [line for line in said if "FATAL" in line or "ERROR" in line]
    return (telling or said or ["without a word"])[0]


def _recovered(socket: Path, admin: str) -> datetime | None:
    """Wait for the promotion; tells when the last change was made, if any was recovered."""
    waiting = threading.Event()
    while True:
        with connected(make_conninfo(admin, host=str(socket), port=None, dbname=MAINTENANCE)) as connection:
            ((is_in_recovery, last),) = connection.execute(_LAST).fetchall()
        if not is_in_recovery:
            return last  # type: ignore[no-any-return]
        waiting.wait(LOOK_SECONDS)
