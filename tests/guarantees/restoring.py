"""S7: base backup and archived WAL bring data back to a time between two writes; erased stays erased.

A PostgreSQL of its own, with the settings of docs/operations.md. The keys lie elsewhere and are today's. And
what is lost where nothing is left but backup and archive, for what was written last is not archived yet.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import psycopg

from leaddesk.contract.ids import Urn
from leaddesk.server.app import build_app
from leaddesk.server.commands.erasure.restored import erase_again
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.keys.custody.mirror import Writes
from leaddesk.server.keys.port import lead_key
from leaddesk.server.web.services import Vaults, build_services
from tests.guarantees.figure import Figure
from tests.support.archiver import archiving_cluster
from tests.support.asgi import exchange
from tests.support.postgres import Cluster, Dumped
from tests.support.storages import books_beside
from tests.support.trade import Person, Trade, opened

SMOKE, SHORT, FULL = 60, 400, 1_000
"""Writes before the backup, between it and the moment, and after the moment: so many each."""
ROUNDS = 10
"""So many drills with FULL=1, each on a PostgreSQL of its own."""

AT, ACTOR = "2026-01-01T00:00:00.000Z", Urn("urn:x")
ERASED_EVERY = 10
LISTED = 20
"""Leads that a list shows; some of them are erased after the moment."""
PATIENCE = 60.0


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Restore once, with FULL=1 more often; with ``planted`` the destruction of keys reaches no mirror."""
    full = os.environ.get("FULL") == "1" and not planted
    drills = [
        await drilled(FULL if full else SHORT, planted=planted, disaster=not planted)
        for _ in range(ROUNDS if full else 1)
    ]
    findings = tuple(finding for drill in drills for finding in drill.findings)
    took, lost = [drill.took for drill in drills], [drill.lost for drill in drills]
    seconds = max(drill.lost_seconds for drill in drills)
    sentence = (
        f"restores: {{found}} of {{looked:,}} writes wrong in {len(drills)} restores to a moment, "
        f"{min(took):.1f} to {max(took):.1f} s each; {drills[0].came_back} leads that came back went again;"
        f" with backup and archive alone {min(lost):,} to {max(lost):,} of the {2 * drills[0].each:,} writes"
        f" since the backup were lost, at most {seconds:.1f} s"
    )
    return Figure(sentence, sum(drill.looked for drill in drills), findings)


async def restored(each: int, *, planted: bool = False) -> Figure:
    """Restore once."""
    drill = await drilled(each, planted=planted)
    return Figure("restores: {found} of {looked:,} writes wrong", drill.looked, tuple(drill.findings))


async def drilled(each: int, *, planted: bool = False, disaster: bool = False) -> Drill:
    """Write, back up, write, note the moment, write, erase, recover to the moment, look.

    ``disaster``: before that, everything but backup and archive as they are is gone.
    """
    with archiving_cluster() as (own, archive):
        async with opened(storage=Dumped(own, own.database())) as trade:
            drill = Drill(own, archive, each, trade)
            with keys_that_stay() if planted else nullcontext():
                await drill.run(disaster=disaster)
    return drill


@contextmanager
def keys_that_stay() -> Iterator[None]:
    """Plant: nothing is destroyed."""
    with patch.object(Writes, "destroy", lambda *_: None):
        yield


@dataclass
class Drill:
    """One restore. ``took``: seconds; ``lost``: writes that backup and archive alone did not bring back."""

    own: Cluster
    archive: Path
    each: int
    trade: Trade
    looked: int = 0
    took: float = 0.0
    lost: int = 0
    lost_seconds: float = 0.0
    came_back: int = 0
    findings: list[str] = field(default_factory=list)

    async def run(self, *, disaster: bool) -> None:
        """Do it."""
        log = self.trade.services.office.log.for_tenant(Scope(self.trade.wagner))
        jens, shown = await self.trade.sign_in("Jens"), self.trade.add_leads(LISTED, keeper="Jens")
        before = self._written(log, 0)
        backup = self._backed_up()
        before |= self._written(log, self.each)
        moment = self._moment()
        after = self._written(log, 2 * self.each)
        erased = list(before)[::ERASED_EVERY]
        for lead in shown[::2]:
            assert (await jens.delete(f"/leads/{lead}")).status_code == 204
        self.trade.keys.destroy(self.trade.wagner, [lead_key(lead) for lead in erased])
        if disaster:
            self._look_what_is_lost(backup, before | after)
        self._archived()
        began = time.perf_counter()
        with self.own.recovered(backup, self.archive, moment) as again:
            self.took = time.perf_counter() - began
            self.looked = len(before) + len(after)
            self._compare(again, (list(before), list(after), erased))
            await self._compare_list(again, jens, set(shown[1::2]))

    @property
    def _name(self) -> str:
        return str(psycopg.conninfo.conninfo_to_dict(self.trade.storage.conninfo)["dbname"])

    def _written(self, log: TenantLog, first: int) -> dict[str, float]:
        """Write notes at leads of their own; and when each was acknowledged: its transaction had ended."""
        leads = {}
        for number in range(first, first + self.each):
            lead = f"lead-{number:06d}"
            with log.writing() as unit:
                note = NoteAdded(f"n-{lead}", f"Text {lead}", True)  # type: ignore[arg-type]
                unit.append(lead, 0, [note], Stamp(AT, ACTOR, lead_key(lead)))
            leads[lead] = time.monotonic()
        return leads

    def _backed_up(self) -> Path:
        folder = self.own.folder / "backup"
        self.own.program("pg_basebackup", f"--pgdata={folder}", "--checkpoint=fast", "--wal-method=none")
        return folder

    def _moment(self) -> str:
        """The database's own clock, between two writes."""
        with psycopg.connect(self.own.conninfo(), autocommit=True) as admin:
            ((moment,),) = admin.execute("SELECT clock_timestamp()::text").fetchall()
            admin.execute("SELECT pg_sleep(0.01)")
        return str(moment)

    def _archived(self) -> None:
        """Wait until everything written so far is in the archive."""
        with psycopg.connect(self.own.conninfo(), autocommit=True) as admin:
            ((last,),) = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
        until, pause = time.monotonic() + PATIENCE, threading.Event()
        while not (self.archive / last).exists():
            assert time.monotonic() < until, "the archive takes nothing"
            pause.wait(0.05)

    def _look_what_is_lost(self, backup: Path, written: dict[str, float]) -> None:
        """Kill the server, hide its disk, recover as far as the archive goes; then give the disk back."""
        self.own.stop(signal.SIGKILL)
        copy = self.own.folder / "copy"
        shutil.copytree(backup, copy)
        with self.own.recovered(copy, self.archive, None) as again:
            there = self._streams(again)
        lost = [at for lead, at in written.items() if lead not in there]
        self.lost = len(lost)
        self.lost_seconds = max(written.values()) - min(lost) if lost else 0.0
        missing = sorted(lead for lead in written if lead not in there)
        if missing != sorted(written)[len(written) - len(missing) :]:
            self.findings.append("lost with the disk: not only the last writes")

    def _streams(self, again: Cluster) -> set[str]:
        storage = PostgresStorage(again.conninfo(self._name, APPLICATION))
        log = EventLog(storage, self.trade.keys).for_tenant(Scope(self.trade.wagner))
        with log.reading() as unit:
            there = {row[0] for row in unit.select("SELECT stream_id FROM event WHERE tenant_id = ?")}
        storage.close()
        return there

    def _compare(self, again: Cluster, leads: tuple[list[str], list[str], list[str]]) -> None:
        before, after, erased = leads
        storage = PostgresStorage(again.conninfo(self._name, APPLICATION))
        log = EventLog(storage, self.trade.keys).for_tenant(Scope(self.trade.wagner))
        with log.reading() as unit:
            there = {row[0] for row in unit.select("SELECT stream_id FROM event WHERE tenant_id = ?")}
            readable = {lead for lead in there if unit.stream(lead)}
            positions = unit.select("SELECT position FROM event WHERE tenant_id = ? ORDER BY position")
            head = unit.head()[0]
        storage.close()
        self.findings += [f"{lead}: written before, missing" for lead in before if lead not in there]
        self.findings += [f"{lead}: written after, there" for lead in after if lead in there]
        self.findings += [f"{lead}: erased, readable" for lead in erased if lead in readable]
        kept = set(before) - set(erased)
        self.findings += [f"{lead}: not readable" for lead in kept if lead not in readable]
        if [row[0] for row in positions] != list(range(1, head + 1)):
            self.findings.append("positions have gaps")

    async def _compare_list(self, again: Cluster, jens: Person, kept: set[str]) -> None:
        """Ask a server on what was restored, as it begins: neither listed nor counted is what was erased."""
        storage = Dumped(again, self._name)
        people = People(books_beside(storage, self.trade.keys))
        identity = Identity(lambda: self.trade.now, people)
        services = build_services(storage, identity, lambda: self.trade.now, vaults=Vaults(self.trade.keys))
        self.came_back = erase_again(services.office, people)
        headers: dict[str, str | bytes] = {"authorization": jens.client.headers["authorization"]}
        answer = await exchange(build_app(services), "GET", "/leads", headers=headers)
        shown = {row["lead"]["leadId"] for row in answer.json()}
        self.findings += [f"{lead}: erased, readable in the list" for lead in sorted(shown - kept)]
        self.findings += [f"{lead}: kept, not in the list" for lead in sorted(kept - shown)]
        if int(answer.headers["x-total"]) != len(kept):
            self.findings.append(f"erased, readable in the total: {answer.headers['x-total']} of {len(kept)}")
        identity.close()
        storage.close()
