"""On record before it is answered, or not answered; batches without waiting; chained, signed, unlinkable."""

import asyncio
import secrets
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leaddesk.contract.ids import MemberId, TenantId, member_urn
from leaddesk.contract.people import Role
from leaddesk.server.identity.caller import Caller
from leaddesk.server.oversight import access_log, chain, reading
from leaddesk.server.oversight.access_log import AccessLog, AccessLogUnavailable
from leaddesk.server.oversight.entries import Deed, Read
from leaddesk.server.oversight.pseudonyms import Pseudonyms, is_pseudonym, kind_of, month_before, month_of
from leaddesk.server.oversight.sqlite import SqliteAccess
from tests.support.postgres import LentAccess

A, B = TenantId("tenant-a"), TenantId("tenant-b")
LEAD = "0f8fad5b-d9cb-469f-a165-70867728950e"
WORD = "Canary-Ünïcorn"


def caller(tenant: TenantId = A, member: str = "m-1") -> Caller:
    urn = member_urn(MemberId(member))
    return Caller(tenant, MemberId(member), urn, "Ada Lund", Role.REP, frozenset(), True, session="s")


def opened(member: str = "m-1", tenant: TenantId = A) -> Deed:
    return Deed(caller(tenant, member), "lead.read", "lead-work", thing=("lead", LEAD))


class MortalKeys:
    """Keys that can die, as the real ones do: made at first use, and never the same again."""

    def __init__(self) -> None:
        self.alive: dict[tuple[str, str], bytes] = {}
        self.destroyed: list[tuple[str, str]] = []

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        assert (tenant, key_id) not in self.destroyed
        return self.alive.setdefault((tenant, key_id), secrets.token_bytes(8)) + plain

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes | None:
        return sealed[8:] if self.alive.get((tenant, key_id)) == sealed[:8] else None

    def destroy(self, tenant: TenantId, key_ids: Sequence[str]) -> None:
        for key_id in key_ids:
            self.destroyed.append((tenant, key_id))
            del self.alive[tenant, key_id]


class Office:
    """An access log with its clock, its disk and its witness."""

    def __init__(self, storage: Any = None) -> None:
        self.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
        self.storage: Any = storage or SqliteAccess()
        self.keys = MortalKeys()
        self.names = Pseudonyms(self.storage, self.keys)
        self.log = AccessLog(self.storage, self.names, lambda: self.now)
        self.batches: list[tuple[int, float, bool]] = []
        self.log.on_batch = lambda *batch: self.batches.append(batch)
        self.kept: list[chain.Segment] = []

    def entries(self, tenant: TenantId = A) -> list[Any]:
        return reading.page(self.storage, tenant, reading.Wanted(), 1_000_000, 1_000_000)

    def tamper(self, *statements: str) -> None:
        if isinstance(self.storage, SqliteAccess):
            with self.storage.transaction() as rows:
                for statement in statements:
                    rows.run(statement)
        else:
            self.storage.tamper("; ".join(statements))

    def sign(self, message: bytes) -> bytes:
        return message[::-1]

    def keep(self, segment: chain.Segment) -> None:
        self.kept.append(segment)

    def faults(self, tenant: TenantId = A) -> list[str]:
        rows = reading.chained(self.storage, tenant)
        kept = [segment for segment in self.kept if segment.tenant == tenant]
        return chain.faults(rows, kept, lambda message, signature: message[::-1] == signature)


@pytest.fixture(params=["memory", "postgresql"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    on_postgresql = request.param == "postgresql"
    office = Office(LentAccess(request.getfixturevalue("cluster")) if on_postgresql else None)
    yield office
    await office.log.close()


async def test_an_entry_says_who_what_why_and_names_nobody(office: Office) -> None:
    read = Read({"modifiedAt": "gte:2026-11-01"}, {"commission.stepName": WORD}, 100, 12_480, 77)
    await office.log.record(replace(opened(), read=read, thing=None, action="lead.list"))
    await office.log.record(opened())
    second, first = office.entries()
    assert (first.position, first.action, first.role, first.result) == (1, "lead.list", "rep", "done")
    assert first.at == "2026-11-30T23:59:00.000Z" and first.thing is None
    assert first.person == second.person and kind_of(first.person) == "person"
    assert is_pseudonym(second.thing) and kind_of(second.thing) == "lead"
    for told in (
        '"count":100',
        '"total":12480',
        '"position":77',
        '"modifiedAt":"gte:2026-11-01"',
        "value-2026",
    ):
        assert told in first.detail
    stored = repr(reading.chained(office.storage, A))
    assert not any(name in stored for name in ("Ada", "m-1", LEAD, "Canary", WORD))


async def test_who_comes_alone_is_written_at_once_and_a_crowd_together(tmp_path: Path) -> None:
    office = Office(SqliteAccess(tmp_path / "access.sqlite"))
    await office.log.record(opened())
    await asyncio.gather(*(office.log.record(opened(f"m-{number}")) for number in range(1_000)))
    sizes = [size for size, _, _ in office.batches]
    assert sizes[0] == 1 and sum(sizes) == 1_001 and max(sizes) <= access_log.LARGEST_BATCH
    assert len(sizes) <= 3 + 1_000 // access_log.LARGEST_BATCH
    assert [entry.position for entry in office.entries()] == list(range(1_001, 0, -1))
    await office.log.close()


async def test_in_memory_nobody_waits_for_anybody() -> None:
    """Answers leave one by one: held back together, each page would need memory of its own (P11)."""
    office, written = Office(), list[int]()

    async def ask(number: int) -> None:
        await office.log.record(opened(f"m-{number}"))
        written.append(len(office.entries()))

    await asyncio.gather(*(ask(number) for number in range(20)))
    assert written == list(range(1, 21))
    await office.log.close()


async def test_what_cannot_be_written_is_refused_and_later_works_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError(f"disk full near {WORD}")

    await office.log.record(opened())
    with (
        monkeypatch.context() as patched,
        caplog.at_level("CRITICAL", "leaddesk.server.oversight.access_log"),
    ):
        patched.setattr(type(office.storage), "append", broken)
        asked = [office.log.record(opened()) for _ in range(5)]
        assert all(
            isinstance(answer, AccessLogUnavailable)
            for answer in await asyncio.gather(*asked, return_exceptions=True)
        )
    await office.log.record(opened())
    assert len(office.entries()) == 2 and office.faults() == []
    assert WORD not in caplog.text


async def test_a_file_holds_what_was_answered_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "access.sqlite"
    office = Office(SqliteAccess(path))
    await asyncio.gather(*(office.log.record(opened(f"m-{number}")) for number in range(50)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as beside:
        assert beside.execute("SELECT COUNT(*) FROM access_entry").fetchone() == (50,)
    beside.close()
    await office.log.close()
    again = Office(SqliteAccess(path))
    again.keys = office.keys
    await again.log.record(opened())
    assert len(again.entries()) == 51 and again.faults() == []
    await again.log.close()


@pytest.mark.warns("leaddesk.server.oversight.access_log")
async def test_an_unwritable_file_refuses_and_recovers(tmp_path: Path) -> None:
    path = tmp_path / "lost" / "access.sqlite"
    office = Office(SqliteAccess(path))
    with pytest.raises(AccessLogUnavailable):
        await office.log.record(opened())
    with pytest.raises(AccessLogUnavailable):
        await office.log.check()
    path.parent.mkdir()
    await office.log.check()
    await office.log.record(opened())
    await office.log.check(thoroughly=True)
    assert len(office.entries()) == 1
    await office.log.close()


class Hanging(SqliteAccess):
    """A disk that can stand still."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.turning = threading.Event()
        self.turning.set()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        self.turning.wait(60)
        with super().transaction() as rows:
            yield rows


async def test_a_hanging_disk_costs_a_limit_then_nothing_and_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Hanging(tmp_path / "access.sqlite")
    office = Office(storage)
    await office.log.record(opened())
    monkeypatch.setattr(access_log, "PATIENCE_SECONDS", 0.05)
    storage.turning.clear()
    with pytest.raises(AccessLogUnavailable):
        await office.log.record(opened())
    with pytest.raises(AccessLogUnavailable):
        await asyncio.wait_for(office.log.record(opened()), 0.04)
    storage.turning.set()
    monkeypatch.undo()
    async with asyncio.timeout(60):
        await _until_recorded(office)
    await office.log.close()


async def _until_recorded(office: Office) -> None:
    try:
        await office.log.record(opened())
    except AccessLogUnavailable:
        await asyncio.sleep(0.01)
        await _until_recorded(office)


async def test_a_reader_who_leaves_does_not_disturb_the_batch(office: Office) -> None:
    await office.log.record(opened())
    leaving = asyncio.ensure_future(office.log.record(opened()))
    await asyncio.sleep(0)
    leaving.cancel()
    await office.log.record(opened())
    await asyncio.gather(leaving, return_exceptions=True)
    assert len(office.entries()) == 3


async def test_months_and_tenants_cannot_be_joined(office: Office) -> None:
    await office.log.record(opened())
    await office.log.record(opened(tenant=B))
    office.now += timedelta(minutes=2)
    await office.log.record(opened())
    (december, november), (other,) = office.entries(), office.entries(B)
    assert len({december.person, november.person, other.person}) == 3
    assert len({december.thing, november.thing, other.thing}) == 3
    assert "-202612-" in december.person and "-202611-" in november.person


async def test_a_month_changes_under_load(office: Office) -> None:
    async def reader(number: int) -> None:
        for _ in range(20):
            await office.log.record(opened(f"m-{number}"))
            office.now += timedelta(seconds=1)

    await asyncio.gather(*(reader(number) for number in range(10)))
    entries = office.entries()
    months = [entry.at[:7] for entry in entries]
    assert set(months) == {"2026-11", "2026-12"} and len(entries) == 200
    assert all(entry.person[7:13] == entry.at[:7].replace("-", "") for entry in entries)
    assert office.faults() == []


async def test_a_clock_that_goes_backwards_changes_no_order(office: Office) -> None:
    await office.log.record(opened())
    office.now -= timedelta(days=400)
    await office.log.record(opened())
    office.now += timedelta(days=400)
    await office.log.record(opened())
    third, second, first = office.entries()
    assert (first.position, second.position, third.position) == (1, 2, 3)
    assert second.at < first.at == third.at and first.person == third.person
    assert office.faults() == []


async def test_a_destroyed_month_is_unlinkable_for_ever(office: Office) -> None:
    await office.log.record(opened())
    november = office.entries()[0].person
    candidates = [("person", member_urn(MemberId("m-1")))]
    assert office.names.meant(A, november, candidates) == candidates[0]
    assert office.names.meant(A, november, []) is None
    office.now += timedelta(days=31)
    await office.log.record(opened())
    assert office.names.destroy_before(month_of(office.now)) == 1
    assert office.keys.destroyed == [(A, "a:202611:1")]
    with pytest.raises(LookupError):
        office.names.meant(A, november, candidates)
    office.now -= timedelta(days=31)  # even a clock set back makes another secret, not that one
    await office.log.record(opened())
    assert office.entries()[0].person != november
    assert office.names.meant(A, november, candidates) is None
    assert office.faults() == []


async def test_a_key_store_made_anew_begins_a_new_generation(office: Office) -> None:
    await office.log.record(opened())
    office.keys.alive.clear()
    office.names._known.clear()
    await office.log.record(opened())
    last, first = office.entries()
    assert last.person != first.person


async def test_a_thing_is_found_in_every_month_that_still_opens(office: Office) -> None:
    await office.log.record(opened())
    office.now += timedelta(minutes=2)
    await office.log.record(opened())
    things = office.names.past(A, ("lead", LEAD))
    wanted = reading.Wanted((("action = ?", "lead.read"),), tuple(things))
    assert len(reading.page(office.storage, A, wanted, 1_000, 10)) == 2
    assert reading.page(office.storage, A, reading.Wanted(things=()), 1_000, 10) == []


CHANGES = [
    f"UPDATE access_entry SET {column} = {column} || 'x' WHERE position = 3"
    for column in ("at", "person", "role", "action", "thing", "purpose", "result", "detail")
]
TAMPERED = [
    *CHANGES,
    "UPDATE access_entry SET link = (SELECT link FROM access_entry WHERE position = 2) WHERE position = 3",
    "DELETE FROM access_entry WHERE position = 3",
    "DELETE FROM access_entry WHERE position >= 4",
    "UPDATE access_entry SET position = 99 WHERE position = 5",
    "UPDATE access_entry SET position = -1 WHERE position = 1",
]


@pytest.mark.parametrize("statement", TAMPERED)
async def test_any_change_is_found(office: Office, statement: str) -> None:
    for _ in range(5):
        await office.log.record(opened())
    assert chain.seal(office.storage, office, lambda: office.now) == 1
    assert office.faults() == [] and [segment.last for segment in office.kept] == [5]
    office.tamper(statement)
    assert office.faults() != []


async def test_a_rebuilt_chain_does_not_meet_the_signed_segments(office: Office) -> None:
    for _ in range(3):
        await office.log.record(opened())
    chain.seal(office.storage, office, lambda: office.now)
    office.tamper("DELETE FROM access_entry", "DELETE FROM access_head")
    for member in ("m-1", "m-1", "m-2"):
        await office.log.record(opened(member))
    assert office.faults() == ["entries up to 3 are not those that were signed"]
    office.kept = [replace(office.kept[0], link=bytes(32))]
    assert office.faults() == ["the segment up to 3 is not signed by us"]


async def test_segments_join_without_a_gap_and_nothing_new_makes_none(office: Office) -> None:
    for tenant in (A, B, A):
        await office.log.record(opened(tenant=tenant))
    assert chain.seal(office.storage, office, lambda: office.now) == 2
    assert chain.seal(office.storage, office, lambda: office.now) == 0
    await office.log.record(opened())
    assert chain.seal(office.storage, office, lambda: office.now) == 1
    spans = [(segment.first, segment.last) for segment in reading.segments(office.storage, A)]
    assert spans == [(1, 2), (3, 3)] and office.faults() == []


def test_months_are_counted_over_years() -> None:
    assert month_before(datetime(2026, 2, 1, tzinfo=UTC), 12) == "202502"
    assert month_before(datetime(2026, 1, 31, tzinfo=UTC), 1) == "202512"
