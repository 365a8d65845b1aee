"""The log: gapless positions, expected versions, one acceptance, a chain, bulk equal to appends."""

import threading
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.ids import FormId, LeadId, NoteId, TenantId, Urn
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow, encode_row
from leaddesk.server.domain.events import LeadCreated, NoteAdded, encode_event
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.eventlog import bulk, chain
from leaddesk.server.eventlog.bulk import (
    Linked,
    Linker,
    SeedEvent,
    SeedLead,
    created_payload,
    doc_of_payload,
    sealed,
    write_leads,
    write_linked,
)
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage, VersionConflict
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_memory

AT, ACTOR = "2026-01-01T00:00:00.000Z", Urn("urn:lt:members:member:m")
STAMP = Stamp(AT, ACTOR, "k")
KEYS: WeakKeyDictionary[Storage, Envelope] = WeakKeyDictionary()
TENANTS = [TenantId(name) for name in ("a", "b", "c")]


def note(text: str = "x") -> NoteAdded:
    return NoteAdded(NoteId("n"), text, True)


def log_of(storage: Storage, tenant: TenantId = TENANTS[0]) -> TenantLog:
    return EventLog(storage, KEYS.setdefault(storage, keys_in_memory())).for_tenant(Scope(tenant))


def rows(storage: Storage, tenant: TenantId) -> list[tuple[Any, ...]]:
    with log_of(storage, tenant).reading() as unit:
        return unit.select(
            "SELECT position, stream_id, version, kind, at, actor, key_id, chain, payload, subject, keeper"
            " FROM event"
            " WHERE tenant_id = ? ORDER BY position"
        )


def stream(storage: Storage, name: str) -> list[Recorded]:
    with log_of(storage).reading() as unit:
        return unit.stream(name)


def check_chain(storage: Storage, tenant: TenantId, found: list[tuple[Any, ...]]) -> None:
    link = chain.genesis(storage.log_id, tenant)
    for *named, key_id, stored, payload, subject, keeper in found:
        covered = chain.columns((*named, subject, keeper), key_id)
        link = chain.link(link, covered, payload)
        assert link == stored


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TENANTS),
            st.sampled_from("xyz"),
            st.integers(-1, 2),
            st.integers(1, 3),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_whatever_is_appended_positions_are_gapless_and_versions_as_expected(
    steps: list[tuple[TenantId, str, int, int, bool]],
) -> None:
    storage = MemoryStorage()
    model: dict[tuple[str, str], int] = {}
    for tenant, stream, wrong_by, count, fails in steps:
        version = model.get((tenant, stream), 0)
        try:
            with log_of(storage, tenant).writing() as unit:
                unit.append(stream, version + wrong_by, [note()] * count, STAMP)
                if fails:
                    raise ZeroDivisionError
            assert wrong_by == 0
            model[tenant, stream] = version + count
        except VersionConflict:
            assert wrong_by != 0
        except ZeroDivisionError:
            assert wrong_by == 0
    for tenant in TENANTS:
        found = rows(storage, tenant)
        assert [row[0] for row in found] == list(range(1, len(found) + 1))
        check_chain(storage, tenant, found)
        for stream in "xyz":
            versions = [row[2] for row in found if row[1] == stream]
            assert versions == list(range(1, model.get((tenant, stream), 0) + 1))
    storage.close()


def test_of_many_that_decide_on_the_same_version_exactly_one_wins(storage: Storage) -> None:
    with log_of(storage).writing() as unit:
        unit.append("lead", 0, [note()], STAMP)
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def accept(name: str) -> None:
        gate.wait()
        try:
            with log_of(storage).writing() as unit:
                unit.append("lead", 1, [note(name)], STAMP)
            outcomes.append(name)
        except VersionConflict:
            outcomes.append("")

    threads = [threading.Thread(target=accept, args=(str(index),)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8 and len([name for name in outcomes if name]) == 1


def lead(number: int, later: int = 0) -> SeedLead:
    fields = FieldList({'"row":': FieldContent("text:singleline", '},"commission":{"commissionId":"x"')})
    part = LeadPart(LeadId(f"lead-{number}"), 1, Urn("urn:o"), AT, AT, fields, fields)
    row = LeadRow(AT, part)
    created = LeadCreated(FormId("form"), row)
    events = [SeedEvent("NoteAdded", AT, ACTOR, encode_event(note(str(i)))) for i in range(later)]
    doc = encode_row(row)
    assert created_payload(FormId("form"), doc) == encode_event(created)
    assert doc_of_payload(encode_event(created)) == doc
    return SeedLead(
        part.lead_id,
        FormId("form"),
        doc,
        AT,
        AT,
        AT,
        1,
        ACTOR,
        created=encode_event(created) if later else None,
        later=events,
    )


def test_bulk_writes_the_same_log_as_appends(storage: Storage) -> None:
    other = MemoryStorage()
    leads = [lead(1), lead(2, later=3), lead(3)]
    write_leads(log_of(storage), leads[:2])
    write_leads(log_of(storage), leads[2:])
    for one in leads:
        with log_of(other).writing() as unit:
            stamp = Stamp(AT, ACTOR, f"l:{one.lead_id}")
            row = encode_row_of(one)
            unit.append(one.lead_id, 0, [row, *(note(str(i)) for i in range(len(one.later)))], stamp)
    assert [row[:7] for row in rows(storage, TENANTS[0])] == [row[:7] for row in rows(other, TENANTS[0])]
    for number in (1, 2, 3):
        assert stream(storage, f"lead-{number}") == stream(other, f"lead-{number}")
    check_chain(storage, TENANTS[0], rows(storage, TENANTS[0]))
    other.close()


def test_bulk_stores_nothing_that_does_not_go_on_where_the_log_ends(storage: Storage) -> None:
    batch = sealed(TENANTS[0], [lead(1)])

    def behind_something_else(position: int, link: bytes) -> list[Linked]:
        return [Linker(position + 1, link).linked(batch)]

    with pytest.raises(VersionConflict):
        write_linked(log_of(storage), behind_something_else)
    assert rows(storage, TENANTS[0]) == []


def test_bulk_begins_a_transaction_after_so_many_leads(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "TOGETHER", 2)
    batches = [sealed(TENANTS[0], [lead(number, later=1)]) for number in range(5)]

    def linked(position: int, link: bytes) -> list[Linked]:
        linker = Linker(position, link)
        return [linker.linked(batch) for batch in batches]

    write_linked(log_of(storage), linked)
    assert [row[:2] for row in rows(storage, TENANTS[0])] == [
        (position, f"lead-{(position - 1) // 2}") for position in range(1, 11)
    ]
    check_chain(storage, TENANTS[0], rows(storage, TENANTS[0]))


def encode_row_of(one: SeedLead) -> LeadCreated:
    import msgspec

    return LeadCreated(one.form_id, msgspec.json.decode(one.doc, type=LeadRow))


def test_a_lead_without_later_events_is_stored_once_when_asked(storage: Storage) -> None:
    write_leads(log_of(storage), [lead(1), lead(2, later=1)], share_docs=True)
    with log_of(storage).reading() as unit:
        found = unit.select("SELECT id, position, doc IS NULL FROM lead WHERE tenant_id = ? ORDER BY id")
    assert found == [("lead-1", 1, 1), ("lead-2", 2, 0)]


async def test_growth_wakes_the_tenants_own_listeners(storage: Storage) -> None:
    import asyncio

    log = EventLog(storage, keys_in_memory())
    with log.wakeups.waiting(TENANTS[0]) as mine, log.wakeups.waiting(TENANTS[1]) as others:
        with log.for_tenant(Scope(TENANTS[0])).writing() as unit:
            unit.append("x", 0, [note()], STAMP)
        await asyncio.sleep(0)
        assert (mine.grown.is_set(), others.grown.is_set()) == (True, False)


def test_heads_are_told_of_those_that_are_asked_for(storage: Storage) -> None:
    for tenant in (TENANTS[0], TENANTS[1], TENANTS[1]):
        with log_of(storage, tenant).writing() as unit:
            unit.append("s", unit.version_of("s"), [note()], STAMP)
    log = EventLog(storage, keys_in_memory())
    assert log.heads(TENANTS) == {TENANTS[0]: 1, TENANTS[1]: 2}
    assert log.heads(TENANTS[1:]) == {TENANTS[1]: 2}
    assert log.heads([]) == {}
