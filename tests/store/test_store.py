import os
from pathlib import Path

from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import Member
from leaddesk.contract.rows import SealedRow
from leaddesk.store.leads.changes import Changed
from leaddesk.store.store import Journal, Store
from tests.store.leads.lead_rows import MAREN, lead_id, row, sealed

CANARY = "Kanarie-ü-Ω-7f3a"


def test_a_wipe_empties_every_shelf_and_is_told_last() -> None:
    store = Store()
    store.leads.upsert(row(1))
    store.members.upsert(Member(urn=MAREN, name="Maren Boysen"))
    store.notes.upsert(Journal(lead_id(1), ()))
    told: list[object] = []
    store.leads.changes.subscribe(told.append)
    store.wiped.subscribe(told.append)
    store.wipe()
    assert told == [Changed(reset=True), None]
    assert len(store.leads) == len(store.members) == len(store.notes) == 0


def test_a_journal_shows_nothing_in_a_repr() -> None:
    assert "Journal" in repr(Journal(LeadId("x"), ()))
    assert "notes" not in repr(Journal(LeadId("x"), ()))


def loaded(rows: list[SealedRow]) -> Store:
    store = Store()
    for start in range(0, len(rows), 100):
        store.leads.load(rows[start : start + 100])
    return store


def test_after_a_wipe_no_mapping_of_the_store_is_left() -> None:
    rows = sealed(row(n, fields={"Vorname": CANARY * 20}) for n in range(5000))
    loaded(rows).wipe()  # what passes through on the way in is Python's memory, and grows here
    before = anonymous_mappings()
    store = loaded(rows)
    grown = anonymous_mappings() - before
    assert any(canaries_in(span) for span in grown)
    store.wipe()
    assert not any(canaries_in(span) for span in grown & anonymous_mappings())


def anonymous_mappings() -> set[tuple[int, int]]:
    """Return the large writable mappings without a name: not the heap, not the stack."""
    spans = set()
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, *rest = line.split()
        if rights.startswith("rw") and len(rest) == 3:
            start, end = (int(part, 16) for part in span.split("-"))
            if end - start >= 1 << 20:
                spans.add((start, end))
    return spans


def canaries_in(span: tuple[int, int]) -> bool:
    with Path("/proc/self/mem").open("rb", buffering=0) as memory:
        os.lseek(memory.fileno(), span[0], os.SEEK_SET)
        return CANARY.encode() * 2 in memory.read(span[1] - span[0])
