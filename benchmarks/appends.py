"""P12: events appended on PostgreSQL, beside pgbench with the same statement in the same kind of transaction.

Each tenant has one writer that begins the next transaction when the one before is on the disk: in the
product threads of one process, which seal, chain and check; in pgbench constant bytes. Runs take turns.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import Figure
from benchmarks.postgres.installation import Installation, installation
from benchmarks.postgres.pgbench import rate
from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import Stamp
from leaddesk.server.eventlog.postgres.appending import _KINDS, ONE
from leaddesk.server.eventlog.postgres.storage import _WRITE_TENANT
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import lead_key

WRITERS, SECONDS, TURNS = 8, 3.0, 3
LEAST = 0.6
NOTE = "Rückruf am Donnerstag nach 17 Uhr, Angebot über die kleine Anlage mitbringen."
_WHO = Urn("urn:lt:members:member:00000000-0000-4000-8000-000000000001")
_STAMP = Stamp("2026-11-22T12:00:00.000Z", _WHO, "")


def figures() -> Iterator[Figure]:
    """Append by one writer, then by eight."""
    with installation() as place:
        for writers in (1, WRITERS):
            ours, theirs = [], []
            for turn in range(TURNS):
                theirs.append(_pgbench(place, writers, turn))
                ours.append(_product(place, writers, turn))
            value, beside = statistics.median(ours), statistics.median(theirs)
            name = f"appends-by-{writers}"
            yield Figure("P12", name, value, "/s", LEAST, "x", value / beside, least=True)


def _product(place: Installation, writers: int, turn: int) -> float:
    until = time.perf_counter() + SECONDS

    def write(number: int) -> int:
        tenant, stream = TenantId(f"ours-{number}"), f"lead-{writers}-{turn}"
        log, stamp = place.log.for_tenant(Scope(tenant)), Stamp(_STAMP.at, _STAMP.actor, lead_key(stream))
        for version in itertools.count():
            with log.writing() as unit:
                unit.append(stream, version, [NoteAdded(f"note-{version}", NOTE, True)], stamp)  # type: ignore[arg-type]
            if time.perf_counter() > until:
                return version + 1
        raise AssertionError

    with ThreadPoolExecutor(writers) as threads:
        return sum(threads.map(write, range(writers))) / SECONDS


def _pgbench(place: Installation, writers: int, turn: int) -> float:
    tenants = [f"theirs-{number}" for number in range(writers)]
    with place.admin() as admin:
        for tenant in tenants:
            admin.execute("INSERT INTO tenant_head VALUES (%s, 0, '') ON CONFLICT DO NOTHING", (tenant,))
    options = ("--protocol=simple", "--define=first=1", "--define=version=0")
    return rate(place, [_script(f"lead-{writers}-{turn}")], *options, clients=writers, seconds=SECONDS)


def _script(stream: str) -> str:
    """Write the product's transaction: its beginning is one message, the append is prepared once."""
    tenant = "'theirs-:client_id'"
    begin = _WRITE_TENANT.replace("{tenant}", tenant).replace(";", " \\;")
    sealed, link = "'\\x" + "01" * (len(NOTE.encode()) + 90) + "'", "'\\x" + "ab" * 32 + "'"
    texts = [f"'{text}'" for text in ("NoteAdded", _STAMP.at, _STAMP.actor, "", "", lead_key(stream))]
    values = [":place", f"'{stream}'", ":version", *texts, link, sealed, ":before"]
    return f"""
\\if :first
PREPARE append (text, {", ".join(_KINDS)}, bigint) AS {ONE.decode()};
\\set first 0
\\endif
{begin} \\gset
\\set place :position + 1
\\set before :version
\\set version :version + 1
EXECUTE append ({tenant}, {", ".join(values)});
COMMIT;
"""
