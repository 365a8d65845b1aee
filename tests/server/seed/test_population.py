"""The demo population is always the same one, and it looks like life."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest

from leaddesk.contract.rows import FieldList
from leaddesk.server.seed.leads.drawn import DemoLead
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.sources import source

BASE = datetime(2026, 11, 19, 13, 42, tzinfo=UTC)
FIRST_THOUSAND = "15b6f624b34573ef4831315e4743fc1cc241f1b35d56f27a29515a6c3d32d441"
BLOCK = msgspec.json.Decoder(FieldList)
MESSAGES = ("Nachricht", "Beschreibung", "Gespräch")


def populate(leads: int = 12_480, base: datetime = BASE) -> Population:
    return Population(leads, clock=lambda: base)


@pytest.fixture(scope="module")
def population() -> Population:
    return populate()


@pytest.fixture(scope="module")
def leads(population: Population) -> list[DemoLead]:
    return list(population.leads())


def fingerprint(leads: list[DemoLead]) -> str:
    """Digest ids and values; no times, for the last digit of a power differs between C libraries."""
    parts = [(lead.lead_id, *blocks(lead), _told(lead)) for lead in leads]
    return sha256(msgspec.json.encode(parts)).hexdigest()


def _told(lead: DemoLead) -> list[object]:
    career = lead.career
    steps = [step for _, step in career.steps] if career else []
    who = [career.commission_id, career.responsible.key] if career else []
    return [*who, *steps, *((note.note_id, note.text, note.intern) for note in lead.notes)]


def blocks(lead: DemoLead) -> tuple[FieldList, FieldList]:
    return BLOCK.decode(lead.prospect), BLOCK.decode(lead.interest)


def value(lead: DemoLead, *labels: str) -> str:
    prospect, interest = blocks(lead)
    fields = {**prospect.fields, **interest.fields}
    found = next((fields[label].value for label in labels if label in fields), "")
    return found[0] if isinstance(found, list) else found


def words(lead: DemoLead) -> str:
    prospect, interest = blocks(lead)
    fields = [*prospect.fields.values(), *interest.fields.values()]
    return " ".join(str(content.value) for content in fields).casefold()


def test_the_same_size_and_time_give_the_same_leads(leads: list[DemoLead]) -> None:
    again = list(populate().leads())
    assert fingerprint(leads) == fingerprint(again)
    assert [lead.created for lead in leads] == [lead.created for lead in again]


def test_the_first_thousand_leads_are_the_ones_they_always_were(leads: list[DemoLead]) -> None:
    assert fingerprint(leads[:1000]) == FIRST_THOUSAND


def test_another_base_time_moves_the_times_and_keeps_the_ids(leads: list[DemoLead]) -> None:
    later = list(populate(base=BASE + timedelta(days=30)).leads())
    assert {lead.lead_id for lead in later} == {lead.lead_id for lead in leads}
    assert later[0].created > leads[0].created


def test_another_seed_gives_other_people() -> None:
    other = Population(100, clock=lambda: BASE, seed=7)
    assert fingerprint(list(other.leads())) != fingerprint(list(populate(100).leads()))


@pytest.mark.parametrize("size", [0, 1, 5, 100, 1000])
def test_there_are_exactly_as_many_leads_as_asked_for(size: int) -> None:
    population = populate(size)
    assert len(list(population.leads())) == population.size("wagner") == size


def test_fewer_than_none_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        populate(-1)


def test_every_id_is_there_once(leads: list[DemoLead]) -> None:
    commissions = [lead.career.commission_id for lead in leads if lead.career]
    notes = [note.note_id for lead in leads for note in lead.notes]
    ids = [*(lead.lead_id for lead in leads), *commissions, *notes]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids)


def test_leads_come_oldest_first_from_four_years_to_minutes_ago(leads: list[DemoLead]) -> None:
    created = [lead.created for lead in leads]
    now = int(BASE.timestamp() * 1000)
    assert created == sorted(created)
    assert now - created[0] > timedelta(days=1400) / timedelta(milliseconds=1)
    assert 0 < now - created[-1] < timedelta(minutes=10) / timedelta(milliseconds=1)


def test_nothing_happened_before_the_enquiry_or_after_now(leads: list[DemoLead]) -> None:
    now = int(BASE.timestamp() * 1000)
    for lead in leads:
        times = [moment for moment, _ in lead.career.steps] if lead.career else []
        assert times == sorted(times)
        moments = [*times, *(note.moment for note in lead.notes), *(edit.moment for edit in lead.edits)]
        assert all(lead.created <= moment <= now for moment in moments)


def test_few_enquiries_come_at_night(leads: list[DemoLead]) -> None:
    hours = Counter(lead.created // 3_600_000 % 24 for lead in leads)
    assert sum(hours[hour] for hour in range(5)) < 0.05 * len(leads)


def test_blocks_are_encoded_as_the_contract_encodes_them(leads: list[DemoLead]) -> None:
    for lead in leads:
        for stored, block in zip((lead.prospect, lead.interest), blocks(lead), strict=True):
            assert msgspec.json.encode(block) == stored


def test_every_value_is_valid_for_its_form(leads: list[DemoLead]) -> None:
    for lead in leads:
        definition = lead.form.form.definition
        for block, fields in zip((definition.prospect, definition.interest), blocks(lead), strict=True):
            assert set(block.required) <= set(fields.fields)
            assert list(fields.fields) == [label for label in block.fields if label in fields.fields]
            assert fields.field_order in (None, list(fields.fields))
            for label, content in fields.fields.items():
                _check(block.fields[label].type, block.fields[label].items, content.type, content.value)


def _check(kind: str, items: list[str] | None, stored: str, told: object) -> None:
    if kind.startswith("bool:"):
        assert stored == kind
        assert isinstance(told, bool)
    elif kind.startswith("number:"):
        assert stored == kind
        assert isinstance(told, str)
        assert told.isdecimal()
    elif kind.startswith("text:list"):
        assert stored == ("text:list" if isinstance(told, list) else "text:singleline")
        chosen = told if isinstance(told, list) else [told]
        assert set(chosen) <= set(items or [])
        assert len(set(chosen)) == len(chosen) >= 1
    else:
        assert stored == kind
        assert isinstance(told, str)
        assert told


def test_every_postcode_lies_in_its_town(leads: list[DemoLead]) -> None:
    known = {
        (code, town)
        for region in source("towns")
        for _, town, codes in region["towns"]
        for code in codes.split()
    }
    told = {(value(lead, "PLZ"), value(lead, "Ort")) for lead in leads if value(lead, "PLZ")}
    assert told - known == set()
    assert len({town for _, town in known}) >= 250
    assert len(told) > 600


def test_the_north_is_nearest(leads: list[DemoLead]) -> None:
    north = sum(value(lead, "PLZ")[:1] == "2" for lead in leads)
    assert 0.4 < north / len(leads) < 0.8
    assert {value(lead, "PLZ")[:1] for lead in leads} == {"", *"0123456789"}


def test_names_come_in_the_frequencies_of_life(leads: list[DemoLead]) -> None:
    surnames = Counter(value(lead, "Nachname") for lead in leads if value(lead, "Nachname"))
    (_, most), *_ = surnames.most_common(1)
    assert len(surnames) > 700
    assert 0.01 < most / surnames.total() < 0.04
    assert {"Müller", "Petersen", "Yılmaz", "Nowak", "Mikkelsen"} <= set(surnames)
    assert any("-" in name for name in surnames)
    assert any(name.startswith(("von ", "zu ")) for name in surnames)
    titles = sum(value(lead, "Titel") != "" for lead in leads)
    assert 0 < titles < 0.1 * len(leads)


@pytest.mark.parametrize(
    ("labels", "low", "high"),
    [
        (("Telefon", "Telefon geschäftlich"), 0.1, 0.25),
        (("E-Mail", "E-Mail geschäftlich"), 0.05, 0.2),
        (("Budget", "Investitionsrahmen"), 0.25, 0.5),
        (MESSAGES, 0.1, 0.25),
        (("Straße",), 0.15, 0.35),
        (("PLZ",), 0.005, 0.05),
    ],
)
def test_some_answers_are_missing(
    leads: list[DemoLead], labels: tuple[str, ...], low: float, high: float
) -> None:
    missing = sum(value(lead, *labels) == "" for lead in leads)
    assert low < missing / len(leads) < high


def test_messages_are_short_and_long_and_of_several_lines(leads: list[DemoLead]) -> None:
    texts = [text for lead in leads if (text := value(lead, *MESSAGES))]
    lengths = sorted(map(len, texts))
    assert lengths[-1] <= 1600
    assert sum(length > 1000 for length in lengths) > 20
    assert lengths[len(lengths) // 2] < 250
    assert any("\n" in text for text in texts)
    assert not any("{" in text for text in texts)


def test_no_message_says_the_same_twice(leads: list[DemoLead]) -> None:
    for lead in leads:
        told = [part for part in re.split(r"(?<=[.?!])\s", value(lead, *MESSAGES)) if part]
        assert len(set(told)) == len(told)


def test_numbers_and_addresses_belong_to_nobody(leads: list[DemoLead]) -> None:
    film = re.compile(r"0?(40 ?66969|30 ?23125|221 ?4710|69 ?90009|89 ?99998|171 ?39200|176 ?040690)")
    for lead in leads:
        for label, content in blocks(lead)[0].fields.items():
            if label.startswith(("Telefon", "Mobil")):
                plain = content.value.replace("+49 ", "0").replace("/", "")
                assert film.match(plain), label
            if label.startswith("E-Mail"):
                assert re.fullmatch(r"[a-z0-9.-]+@([a-z0-9-]+\.example|example\.de)", content.value), label


def test_hardly_anybody_shares_a_telephone_number_by_accident(leads: list[DemoLead]) -> None:
    people: dict[str, set[str]] = {}
    for lead in leads:
        number = value(lead, "Telefon", "Telefon geschäftlich")
        if number:
            people.setdefault(number, set()).add(value(lead, "Nachname", "Name"))
    assert sum(len(names) > 1 for names in people.values()) < 0.005 * len(people)


def test_some_people_ask_twice(leads: list[DemoLead]) -> None:
    mails = Counter(value(lead, "E-Mail", "E-Mail geschäftlich") for lead in leads)
    del mails[""]
    assert 30 < sum(count > 1 for count in mails.values()) < 400


def test_a_search_for_heat_pumps_in_kiel_finds_dozens_and_anna_is_the_newest(
    population: Population, leads: list[DemoLead]
) -> None:
    found = [lead for lead in leads if "wärmepumpe" in words(lead) and "kiel" in words(lead)]
    assert 20 < len(found) < 200
    anna = max(found, key=lambda lead: lead.created)
    assert anna.lead_id == population.named("anna")
    assert (value(anna, "Vorname"), value(anna, "Nachname"), value(anna, "Budget")) == (
        "Anna",
        "Meyer",
        "12000",
    )
    assert anna.career is not None
    assert anna.career.responsible.name == "Maren Boysen"


def test_one_lead_is_there_to_be_deleted(population: Population, leads: list[DemoLead]) -> None:
    deletable = next(lead for lead in leads if lead.lead_id == population.named("deletable"))
    assert value(deletable, "Nachname") == "Löschke"


def test_old_leads_hold_single_choices_as_arrays_of_one(leads: list[DemoLead]) -> None:
    def arrays(some: list[DemoLead]) -> int:
        sources = [blocks(lead)[1].fields.get("Quelle") for lead in some]
        return sum(isinstance(content.value, list) for content in sources if content)

    assert arrays(leads[:1000]) > 700
    assert arrays(leads[-5000:]) == 0


def test_field_orders_are_there_and_absent(leads: list[DemoLead]) -> None:
    ordered = sum(blocks(lead)[0].field_order is not None for lead in leads)
    assert 0.1 < ordered / len(leads) < 0.5


def test_leads_stand_at_every_step_and_some_with_nobody(leads: list[DemoLead]) -> None:
    reached = Counter(lead.career.steps[-1][1] if lead.career else None for lead in leads)
    assert all(reached[step] > 200 for step in (None, 0, 1, 2, 3, 4))
    workers = Counter(lead.career.responsible.key for lead in leads if lead.career)
    assert workers["maren.boysen"] > workers["ayse.demir"] > 0
    newest = leads[-40:]
    assert sum(lead.career is None for lead in newest) > 10


def test_journals_have_none_to_six_notes(leads: list[DemoLead]) -> None:
    counts = Counter(len(lead.notes) for lead in leads)
    assert set(counts) == set(range(7))
    internal = Counter(note.intern for lead in leads for note in lead.notes)
    assert internal[True] > 500
    assert internal[False] > 500


def test_partners_have_leads_of_their_own_of_which_a_rep_sees_a_part(population: Population) -> None:
    for tenant, size, rep in (("solar-nord", 180, "bjoern.hansen"), ("lorenzen", 60, "svea.carstens")):
        leads = list(population.leads(tenant))
        holders = Counter(lead.career.responsible.key if lead.career else None for lead in leads)
        assert len(leads) == size
        assert 0 < holders[rep] + holders[None] < size
        assert holders[None] > 0
