"""S6 where the logs lie: rows of a real PostgreSQL are changed by somebody who may change everything.

Each attack is a transaction in which it is looked as the auditor, and which is rolled back. Out of reach are
the signing key and the sink, as for exports (tampering).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import psycopg

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.archive.outside import Outside
from leaddesk.server.archive.walking import Check, Report
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.postgres.walls import AUDITOR
from leaddesk.server.evidence.signing import random_signer
from leaddesk.server.evidence.sink import MemorySink
from leaddesk.server.operations.upkeep import SignedSegments
from leaddesk.server.oversight.chain import seal
from leaddesk.server.oversight.entries import Entry
from tests.guarantees.figure import Figure
from tests.support import postgres
from tests.support.postgres import LentAccess
from tests.support.trade import opened

SMOKE, SHORT, FULL = 7, 7, 1
"""Every how manyth byte of contents, links and signatures is changed."""
SOME = 37
"""In the smoke count every so manyth of these attacks; rows that are cut off or change places always."""

Connection = psycopg.Connection[tuple[Any, ...]]
Attack = tuple[str, str]
"""Its name and the statements."""

_TEXTS = {
    "event": ("stream_id", "kind", "at", "actor", "key_id"),
    "access_entry": ("at", "person", "role", "action", "purpose", "result", "detail"),
    "signed_head": ("signed_at",),
    "access_segment": ("sealed_at",),
}
_ABSENT = {"event": ("subject", "keeper"), "access_entry": ("thing",)}
_NUMBERS = {
    "event": ("position", "version"),
    "tenant_head": ("position",),
    "signed_head": ("position",),
    "access_entry": ("position",),
    "access_head": ("position", "sealed"),
    "access_segment": ("first", "last"),
}
_BYTES = {
    "event": ("chain", "payload"),
    "tenant_head": ("chain",),
    "signed_head": ("link", "signature"),
    "access_entry": ("link",),
    "access_head": ("link",),
    "access_segment": ("link", "signature"),
}
_DATA = ("event", "tenant_head", "signed_head")
_ACCESSES = ("access_entry", "access_head", "access_segment")


@contextmanager
def contents_not_looked_at() -> Iterator[None]:
    """Plant: the walk believes every row's link."""
    real = Check._log

    def blind(self: Check, tenant: TenantId) -> None:
        with (
            patch.object(chain, "link", lambda *_: b""),
            patch("leaddesk.server.archive.walking.Walk.over", _led),
        ):
            real(self, tenant)

    with patch.object(Check, "_log", blind):
        yield


def _led(walk: Any, rows: Any) -> None:
    for position, stored, _ in rows:
        walk.position, walk.link = position, stored
        if position in walk.wished:
            walk.links[position] = stored


async def tampered_in_place(step: int) -> Figure:
    """Make small logs, then attack them."""
    async with site() as made:
        return made.figure(step)


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """Make two tenants' logs and access logs, signed twice."""
    with postgres.cluster() as own, postgres.stored(own) as storage:
        accesses = LentAccess(own)
        signer, sink = random_signer(), MemorySink()
        witness = SignedSegments(signer, sink)
        async with opened(storage=storage) as trade:
            for _ in range(2):
                lead = trade.add_lead()
                maren, jens = [await trade.sign_in(name) for name in ("Maren", "Jens")]
                await maren.done("/share-requests", leadId=lead, marketId=trade.free_market)
                await jens.done(f"/leads/{lead}/notes", text="Notiz")
                entries = [_entry(one, number) for one in (trade.wagner, trade.nord) for number in range(3)]
                accesses.append(entries)
                seal(accesses, witness, lambda: trade.now)
                sign_heads(trade.services.office.log, witness, lambda: trade.now)
                trade.now += timedelta(hours=1)
        accesses.close()
        outside = Outside(signer.public, sink.lines())
        yield Site((storage._admin, own.conninfo(accesses.name)), storage.log_id, outside)


def _entry(tenant: TenantId, number: int) -> Entry:
    thing = f"lead-{number}" if number % 2 else None
    return Entry(tenant, "2026-11-19T12:00:00.000Z", "p-1", "rep", "lead.read", thing, "work", "done", "{}")


def _connected(conninfo: str) -> Line:
    """Connect so that a rollback forgets no statement: psycopg prepares none of its own."""
    return Line.connect(conninfo, prepare_threshold=None)


@dataclass
class Site:
    """Both databases as an attacker has them."""

    places: tuple[str, str]
    log_id: str
    outside: Outside

    def figure(self, step: int, some: int = 1) -> Figure:
        """Attack everything, or some of the rows; what the check does not find counts."""
        tried, unnoticed = 0, []
        with _connected(self.places[0]) as data, _connected(self.places[1]) as accesses:
            clean = self.checked(data, accesses)
            if clean.findings or not (clean.events and clean.entries and clean.signatures) or clean.unsigned:
                unnoticed.append(f"the logs as they are: {clean}")
            for connection, tables in ((data, _DATA), (accesses, _ACCESSES)):
                attacks = [*list(_attacks(connection, tables, step))[::some], *_tails(tables)]
                attacks += list(_rebuilt(connection, self.log_id))[::some] if connection is data else []
                for name, statements in attacks:
                    tried += 1
                    connection.execute(statements.encode())
                    if not self.checked(data, accesses).findings:
                        unnoticed.append(name)
        return Figure("tampering: {found} of {looked:,} changes in place unnoticed", tried, tuple(unnoticed))

    def checked(self, data: Line, accesses: Line) -> Report:
        """Look as the auditor does, then undo everything."""
        rows, others = PostgresRows(data), PostgresRows(accesses)
        for connection in (data, accesses):
            connection.execute(f"SET LOCAL ROLE {AUDITOR}".encode())

        @contextmanager
        def of(tenant: TenantId) -> Iterator[PostgresRows]:
            data.execute("SELECT set_config('leaddesk.tenant', %s, true)", (tenant,))
            yield rows

        @contextmanager
        def beside(_tenant: TenantId) -> Iterator[PostgresRows]:
            yield others

        tenants = [row[0] for row in rows.select("SELECT tenant_id FROM tenants_with_a_log()")]
        readers = [row[0] for row in others.select("SELECT tenant_id FROM access_head")]
        try:
            return Check(self.log_id, of, beside, self.outside).run(tenants, readers)
        finally:
            data.rollback()
            accesses.rollback()


def _attacks(connection: Connection, tables: tuple[str, ...], step: int) -> Iterator[Attack]:
    count = 0
    for table in tables:
        columns = ", ".join(("ctid::text", *_BYTES[table], *_ABSENT.get(table, ())))
        found = connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1".encode()).fetchall()
        for ctid, *values in found:
            where = f"WHERE ctid = '{ctid}'"
            yield f"{table} {ctid} deleted", f"DELETE FROM {table} {where}"
            for column in _TEXTS.get(table, ()):
                for text in (f"{column} || 'x'", "''", f"'x' || substr({column}, 2)"):
                    yield f"{table} {ctid} {column} {text}", f"UPDATE {table} SET {column} = {text} {where}"
            for column in _NUMBERS[table]:
                for number in (f"{column} + 1000", f"-{column} - 1"):
                    yield (
                        f"{table} {ctid} {column} {number}",
                        f"UPDATE {table} SET {column} = {number} {where}",
                    )
            absent = values[len(_BYTES[table]) :]
            for column, value in zip(_ABSENT.get(table, ()), absent, strict=True):
                for other in ("''", "'x'") if value is None else ("NULL", "''", f"{column} || 'x'"):
                    yield f"{table} {ctid} {column} {other}", f"UPDATE {table} SET {column} = {other} {where}"
            for column, value in zip(_BYTES[table], values, strict=False):
                yield f"{table} {ctid} {column} cut", f"UPDATE {table} SET {column} = '' {where}"
                for place in range(len(value)):
                    count += 1
                    if count % step == 0:
                        flipped = (
                            f"set_byte({column}, {place}, get_byte({column}, {place}) # {1 << count % 8})"
                        )
                        yield (
                            f"{table} {ctid} {column} byte {place}",
                            f"UPDATE {table} SET {column} = {flipped} {where}",
                        )


def _tails(tables: tuple[str, ...]) -> Iterator[Attack]:
    """The last rows gone, the head with them; all of a tenant gone; rows that have changed places."""
    log, head, signed = tables
    link = _BYTES[head][0]
    position = "last" if signed == "access_segment" else "position"
    last = f"SELECT tenant_id, MAX(position) FROM {log} GROUP BY 1"
    back = (
        f"UPDATE {head} h SET position = e.position, {link} = e.{link} FROM {log} e"
        f" WHERE e.tenant_id = h.tenant_id AND (e.tenant_id, e.position) IN ({last});"
    )
    cut = f"DELETE FROM {log} WHERE (tenant_id, position) IN ({last});"
    yield f"{log}: the last ones deleted", cut
    yield f"{log}: the last ones deleted, the heads moved back", cut + back
    forget = (
        f"DELETE FROM {signed} WHERE (tenant_id, {position}) NOT IN (SELECT tenant_id, position FROM {log});"
    )
    yield f"{log}: the last ones deleted, heads and signatures with them", cut + back + forget
    for table in tables:
        yield f"{table}: everything of it gone", f"DELETE FROM {table}"
    yield "everything gone", "; ".join(f"DELETE FROM {table}" for table in tables)
    swapped = "UPDATE {0} SET position = CASE position WHEN {1} THEN {2} WHEN {2} THEN {1} ELSE position END"
    for first, second in ((1, 2), (2, 3), (1, 3)):
        aside = f"ALTER TABLE {log} DROP CONSTRAINT {log}_pkey;"
        yield f"{log} {first} and {second} swapped", aside + swapped.format(log, first, second)


def _rebuilt(connection: Connection, log_id: str) -> Iterator[Attack]:
    """Change an event's content, or leave the event out, and compute every link after it anew."""
    text = (
        "SELECT tenant_id, position, stream_id, version, kind, at, actor, subject, keeper, key_id, payload"
        " FROM event ORDER BY 1, 2"
    )
    events = connection.execute(text.encode()).fetchall()
    for number, (tenant, position, *_) in enumerate(events):
        later = [row for row in events[number:] if row[0] == tenant]
        for name, rest in (("changed", later), ("left out", later[1:])):
            link, place = _before(events, tenant, position, log_id), position - 1
            statements = [f"DELETE FROM event WHERE tenant_id = '{tenant}' AND position >= {position}"]
            for row in rest:
                place += 1
                payload = row[10] if row[1] != position else bytes([row[10][0] ^ 1]) + row[10][1:]
                link = chain.link(link, chain.columns((place, *row[2:9]), row[9]), payload)
                values = ", ".join("NULL" if one is None else f"'{one}'" for one in (*row[2:10],))
                statements.append(
                    "INSERT INTO event (tenant_id, position, stream_id, version, kind, at, actor, subject,"
                    f" keeper, key_id, chain, payload) VALUES ('{tenant}', {place}, {values},"
                    f" '\\x{link.hex()}', '\\x{payload.hex()}')"
                )
            head = f"position = {place}, chain = '\\x{link.hex()}'"
            statements.append(f"UPDATE tenant_head SET {head} WHERE tenant_id = '{tenant}'")
            yield f"event {tenant} {position} {name}, rebuilt", "; ".join(statements)


def _before(events: list[Any], tenant: str, position: int, log_id: str) -> bytes:
    link = chain.genesis(log_id, tenant)
    for row in events:
        if row[0] == tenant and row[1] < position:
            link = chain.link(link, chain.columns(tuple(row[1:9]), row[9]), row[10])  # type: ignore[arg-type]
    return link
