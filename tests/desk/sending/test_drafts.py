"""Begun notes lie by lead; nothing of them is lost when two meet, and nothing becomes less private."""

from __future__ import annotations

import pytest

from leaddesk.contract.ids import LeadId
from leaddesk.desk.sending.drafts import Draft, Drafts, Unsent
from tests.desk.conftest import Town

ANNA, OLE = LeadId("anna"), LeadId("ole")


@pytest.fixture
def drafts() -> Drafts:
    return Drafts()


@pytest.fixture
def told(drafts: Drafts) -> list[LeadId]:
    found: list[LeadId] = []
    drafts.changed.subscribe(found.append)
    return found


def test_a_lead_is_named_when_its_note_begins_and_when_it_ends_not_at_every_letter(
    drafts: Drafts, told: list[LeadId]
) -> None:
    for words in ("R", "Ru", "Ruf"):
        drafts.put(ANNA, Draft(words))
    assert told == [ANNA] and drafts.of(ANNA) == Draft("Ruf")
    drafts.put(OLE, Draft("x"))
    drafts.put(ANNA, Draft(""))
    assert told == [ANNA, OLE, ANNA] and list(drafts.leads) == [OLE]
    drafts.forget(ANNA)
    assert told == [ANNA, OLE, ANNA]


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u2003"])
def test_blanks_alone_are_no_note(drafts: Drafts, blank: str) -> None:
    drafts.put(ANNA, Draft(blank))
    assert drafts.of(ANNA) is None and drafts.count == 0


@pytest.mark.parametrize(("earlier", "later"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_later_words_stand_below_and_the_more_private_counts(
    drafts: Drafts, told: list[LeadId], earlier: bool, later: bool
) -> None:
    drafts.put(ANNA, Draft("later", later))
    drafts.bring_back(ANNA, Draft("earlier", earlier))
    assert drafts.of(ANNA) == Draft("earlier\n\nlater", earlier or later) and told == [ANNA, ANNA]


def test_the_same_words_are_there_once(drafts: Drafts) -> None:
    drafts.put(ANNA, Draft("call", intern=False))
    drafts.bring_back(ANNA, Draft("call", intern=True))
    assert drafts.of(ANNA) == Draft("call", intern=True)


def test_what_lies_sealed_counts_and_is_forgotten_with_the_rest(drafts: Drafts, told: list[LeadId]) -> None:
    drafts.put(ANNA, Draft("x"))
    drafts.sealed = 2
    assert drafts.count == 3 and list(drafts.leads) == [ANNA]
    drafts.discard()
    assert drafts.count == 0 and told == [ANNA, ANNA]


def test_words_are_in_no_repr(drafts: Drafts) -> None:
    drafts.put(ANNA, Draft("Meyer"))
    assert "Meyer" not in repr((drafts, drafts.of(ANNA), drafts.all()))


def test_what_is_unsent_adds_up() -> None:
    total = sum((Unsent(2, 1), Unsent(0, 1)), Unsent())
    assert (total, total.total, bool(total), bool(Unsent())) == (Unsent(2, 2), 4, True, False)


async def test_after_the_servers_end_the_same_person_finds_them_nobody_else_and_after_a_sign_out_nobody(
    town: Town,
) -> None:
    lead = town.trade.add_lead(keeper="Maren")
    office = await town.office("Maren")
    shown: list[Draft | None] = []
    office.desk.sign_in.state.changed.subscribe(lambda _: shown.append(office.desk.drafts.of(lead)))
    for person in ("Maren", "Jens"):
        office.desk.drafts.put(lead, Draft("call"))
        office.session.bearer.on_ended()
        await office.sign_in(person)
    assert shown == [Draft("call"), Draft("call"), Draft("call"), None], "before a page could show it"
    office.desk.drafts.put(lead, Draft("call"))
    await office.desk.sign_in.sign_out()
    assert not office.desk.drafts.count
