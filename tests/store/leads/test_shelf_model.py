"""The shelf against a dict: whatever comes, changes, goes and is packed, in any order."""

from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.mapped import packing
from leaddesk.store.leads.queries import Sort, SortBy
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.roles import Role
from leaddesk.store.search.folding import fold
from tests.store.leads.lead_rows import lead_id, row, sealed

LEADS = range(8)
numbers = st.sampled_from(LEADS)
texts = st.text('aäbßsSæő²"\\ /\n\x1f\x1e\x1d\t', max_size=40)
orders = st.sampled_from([Sort(), Sort(SortBy.NAME, False), Sort(SortBy.NAME, True)])


class ShelfAgainstDict(RuleBasedStateMachine):
    """Serials only grow, as on a server; older rows arrive too."""

    @initialize()
    def begin(self) -> None:
        self.shelf = LeadShelf()
        self.known: dict[int, tuple[int, str]] = {}
        self.told: set[str] = set()
        self.serial = 30
        self.shelf.changes.subscribe(self.hear)

    def hear(self, change: Changed) -> None:
        assert not self.told & set(change.added)
        assert set(change.updated) | set(change.removed) <= self.told
        self.told |= set(change.added)
        self.told -= set(change.removed)
        if change.reset:
            self.told.clear()

    def build(self, number: int, text: str, age: int) -> Any:
        self.serial += 1
        serial = self.serial - age
        if number not in self.known or self.known[number][0] < serial:
            self.known[number] = (serial, text)
        return row(number, serial=serial, fields={"Vorname": text})

    @rule(number=numbers, text=texts, age=st.sampled_from([0, 0, 0, 29]))
    def push(self, number: int, text: str, age: int) -> None:
        self.shelf.upsert(self.build(number, text, age))

    @rule(leads=st.lists(st.tuples(numbers, texts), max_size=6, unique_by=lambda pair: pair[0]))
    def load(self, leads: list[tuple[int, str]]) -> None:
        self.shelf.load(sealed([self.build(number, text, 0) for number, text in leads]))

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        assert self.shelf.remove(lead_id(number)) is (number in self.known)
        self.known.pop(number, None)

    @rule(steps=st.integers(1, 30))
    def settle(self, steps: int) -> None:
        for _ in range(steps):
            if self.shelf.settle(0):
                break

    @rule(order=orders, text=texts)
    def search(self, order: Sort, text: str) -> None:
        search = self.shelf.queries.search(text, order)
        assert search.run(5)
        terms = fold(text).split()
        expected = {n for n, (_, value) in self.known.items() if all(term in fold(value) for term in terms)}
        assert {self.shelf.get(slot).lead_id for slot in search.hits} == {lead_id(n) for n in expected}
        if order.by is SortBy.NAME:
            names = [fold(self.shelf.get(slot).name) for slot in search.hits if self.shelf.get(slot).name]
            assert names == sorted(names, reverse=order.descending)

    @rule(number=numbers)
    def read(self, number: int) -> None:
        slot = self.shelf.slot_of(lead_id(number))
        assert (slot is not None) is (number in self.known)
        if slot is not None:
            prospect, _ = self.shelf.get(slot).field_lists()
            assert prospect is not None
            assert prospect.fields["Vorname"].value == self.known[number][1]

    def teardown(self) -> None:
        for number in LEADS:
            self.read(number)

    @rule()
    def wipe(self) -> None:
        self.shelf.wipe()
        self.known.clear()

    @invariant()
    def every_lead_is_there(self) -> None:
        assert len(self.shelf) == len(self.known)
        for number, (serial, _) in self.known.items():
            slot = self.shelf.slot_of(lead_id(number))
            assert slot is not None
            assert self.shelf.get(slot).serial == serial
        assert self.told == {lead_id(number) for number in self.known}

    @invariant()
    def what_no_lead_holds_is_overwritten(self) -> None:
        held = self.shelf._slots
        left = bytearray(held.arena.read(0, held.arena.top))
        for begin, close in zip(held.begin, held.close, strict=True):
            left[begin:close] = bytes(close - begin)
        assert not any(left)


TestShelfAgainstDict = ShelfAgainstDict.TestCase
TestShelfAgainstDict.settings = settings(max_examples=60, stateful_step_count=40)


def test_packing_closes_gaps_while_leads_change(monkeypatch: Any) -> None:
    monkeypatch.setattr(packing, "_MIN_WASTE", 64)
    monkeypatch.setattr(packing, "_LOOKS", 32)
    shelf = LeadShelf()
    shelf.load(sealed([row(n, fields={"Vorname": "x" * 50, "Ort": f"Kiel {n}"}) for n in range(600)]))
    while not shelf.settle(0.01):
        pass
    full = shelf._slots.arena.top
    for number in range(0, 600, 2):
        shelf.remove(lead_id(number))
    step = 601
    while not shelf.settle(0):
        shelf.upsert(
            row(step % 4 * 2 + 1, serial=step, fields={"Vorname": "y" * (step % 90), "Ort": "Husum"})
        )
        if step % 5 == 0:
            shelf.remove(lead_id(step % 600))
        step += 1
    assert shelf._slots.arena.top < full * 0.65
    search = shelf.queries.search("kiel")
    assert search.run(5)
    assert {shelf.get(slot).text(Role.FIRST_NAME) for slot in search.hits} == {"x" * 50}
    ends = sorted(zip(shelf._slots.begin, shelf._slots.close, strict=True))
    lying = [pair for pair in ends if pair[1]]
    assert all(first[1] <= second[0] for first, second in pairwise(lying))
