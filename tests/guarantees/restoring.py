"""S7: base backup and archived WAL bring data back to a time between two writes; erased stays erased.

A PostgreSQL of its own, with the settings of docs/operations.md. The keys lie elsewhere and are today's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.custody.mirror import Writes
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import lead_key
from tests.guarantees.figure import Figure
from tests.support import postgres
from tests.support.postgres import Cluster

SMOKE, SHORT, FULL = 60, 400, 4_000
"""Writes before the backup, between it and the moment, and after the moment: so many each."""

A = TenantId("a")
AT, ACTOR = "2026-01-01T00:00:00.000Z", Urn("urn:x")
ERASED_EVERY = 10


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Restore once; with ``planted`` the destruction of keys reaches no mirror."""
    return restored(FULL if os.environ.get("FULL") == "1" else SHORT, planted=planted)


def restored(each: int, *, planted: bool = False) -> Figure:
    """Write, back up, write, note the moment, write, erase, recover to the moment, look."""
    with postgres.archiving_cluster() as (own, archive):
        drill = Drill(own, archive, each)
        with keys_that_stay() if planted else nothing():
            return drill.figure()


@contextmanager
def keys_that_stay() -> Iterator[None]:
    """Plant: nothing is destroyed."""
    with patch.object(Writes, "destroy", lambda *_: None):
        yield


@contextmanager
def nothing() -> Iterator[None]:
    """Plant nothing."""
    yield


@dataclass
class Drill:
    """One restore."""

    own: Cluster
    archive: Path
    each: int
    keys: Any = field(default_factory=keys_in_memory)

    def figure(self) -> Figure:
        """Do it and count what is not as promised."""
        name = self.own.database()
        storage = PostgresStorage(self.own.conninfo(name, APPLICATION))
        log = EventLog(storage, self.keys).for_tenant(Scope(A))
        before = self._written(log, 0)
        backup = self._backed_up()
        before += self._written(log, self.each)
        moment = self._moment()
        after = self._written(log, 2 * self.each)
        erased = before[::ERASED_EVERY]
        self.keys.destroy(A, [lead_key(lead) for lead in erased])
        self._archived()
        storage.close()
        began = time.perf_counter()
        with self.own.recovered(backup, self.archive, moment) as again:
            took = time.perf_counter() - began
            return self._compared(again.conninfo(name, APPLICATION), (before, after, erased), took)

    def _written(self, log: TenantLog, first: int) -> list[str]:
        """Write notes at leads of their own; each acknowledged when its transaction has ended."""
        leads = [f"lead-{number:06d}" for number in range(first, first + self.each)]
        for lead in leads:
            with log.writing() as unit:
                note = NoteAdded(f"n-{lead}", f"Text {lead}", True)  # type: ignore[arg-type]
                unit.append(lead, 0, [note], Stamp(AT, ACTOR, lead_key(lead)))
        return leads

    def _backed_up(self) -> Path:
        folder = self.own.folder / "backup"
        self.own.program("pg_basebackup", f"--pgdata={folder}", "--checkpoint=fast", "--wal-method=none")
        return folder

    def _moment(self) -> str:
        """The database's own clock, between two writes."""
        with psycopg.connect(self.own.conninfo(), autocommit=True) as admin:
            ((moment,),) = admin.execute("SELECT clock_timestamp()::text").fetchall()
        time.sleep(0.01)
        return str(moment)

    def _archived(self) -> None:
        """Wait until everything written so far is in the archive."""
        with psycopg.connect(self.own.conninfo(), autocommit=True) as admin:
            ((last,),) = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
        until = time.monotonic() + 30
        while not (self.archive / last).exists():
            assert time.monotonic() < until, "the archive takes nothing"
            time.sleep(0.05)

    def _compared(self, conninfo: str, leads: tuple[list[str], list[str], list[str]], took: float) -> Figure:
        before, after, erased = leads
        storage = PostgresStorage(conninfo)
        log = EventLog(storage, self.keys).for_tenant(Scope(A))
        findings = []
        with log.reading() as unit:
            there = {row[0] for row in unit.select("SELECT stream_id FROM event WHERE tenant_id = ?")}
            readable = {lead for lead in there if unit.stream(lead)}
            positions = unit.select("SELECT position FROM event WHERE tenant_id = ? ORDER BY position")
            head = unit.head()[0]
        storage.close()
        findings += [f"{lead}: written before, missing" for lead in before if lead not in there]
        findings += [f"{lead}: written after, there" for lead in after if lead in there]
        findings += [f"{lead}: erased, readable" for lead in erased if lead in readable]
        findings += [f"{lead}: not readable" for lead in set(before) - set(erased) if lead not in readable]
        if [row[0] for row in positions] != list(range(1, head + 1)):
            findings.append("positions have gaps")
        sentence = f"restores: {{found}} of {{looked:,}} writes wrong, in {took:.1f} s"
        return Figure(sentence, len(before) + len(after), tuple(findings))
