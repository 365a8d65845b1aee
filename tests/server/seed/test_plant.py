"""The planted population is what the real commands and folds would have made of the same events."""

from datetime import UTC, datetime

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.contract.rows import decode_row, encode_row
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.events import LeadCreated, decode_event, encode_event
from leaddesk.server.domain.fold import fold
from leaddesk.server.eventlog.log import EventLog, Unit
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.places import lead_place
from leaddesk.server.projections.offers import list_offers
from leaddesk.server.seed import stored
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Storekeeper

BASE = datetime(2026, 11, 19, 13, 42, tzinfo=UTC)


def planted(leads: int) -> tuple[Office, Population]:
    population = Population(leads, clock=lambda: BASE)
    office = Office(EventLog(MemoryStorage(), keys_in_memory()), lambda: BASE)
    plant(office, population)
    return office, population


@pytest.fixture(scope="module")
def house() -> tuple[Office, Population]:
    return planted(400)


def scope_of(population: Population, tenant: str) -> Scope:
    return Scope(TenantId(population.world.tenant(tenant).tenant_id))


def test_every_row_is_what_its_events_fold_to(house: tuple[Office, Population]) -> None:
    office, population = house
    for tenant, size in (("wagner", 400), ("solar-nord", 180), ("lorenzen", 60)):
        with office.log.for_tenant(scope_of(population, tenant)).reading() as unit:
            rows = unit.select(
                "SELECT id, version, serial, keeper, step, key_id, doc FROM lead"
                " WHERE tenant_id = ? AND form_id IS NOT NULL"
            )
            assert len(rows) == size
            for lead_id, version, serial, keeper, step, key_id, sealed in rows:
                doc = unit.keys.open(unit.tenant, key_id, sealed, lead_place(lead_id))
                state = fold(lead_id, unit.stream(lead_id))
                assert encode_row(state.row) == doc
                assert (state.version, state.serial, state.keeper) == (version, serial, keeper)
                assert step == (state.row.commission.step if state.row.commission else None)


def test_rows_and_first_events_are_encoded_as_the_domain_encodes_them(
    house: tuple[Office, Population],
) -> None:
    _, population = house
    keeper = Storekeeper(population, "wagner")
    for lead in population.leads():
        seed = keeper.stored(lead)
        assert encode_row(decode_row(seed.doc)) == seed.doc
        if seed.created is not None:
            first = first_of(seed.created)
            assert encode_event(first) == seed.created


def first_of(payload: bytes) -> LeadCreated:
    event = decode_event("LeadCreated", payload)
    assert isinstance(event, LeadCreated)
    return event


def test_the_log_is_gapless(house: tuple[Office, Population]) -> None:
    office, population = house
    with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
        (count, last), *_ = unit.select("SELECT COUNT(*), MAX(position) FROM event WHERE tenant_id = ?")
        assert count == last == unit.head()[0]


def test_requests_wait_for_approval_one_of_them_an_admins_own(house: tuple[Office, Population]) -> None:
    office, population = house
    with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
        waiting = _requesters(unit, "PENDING")
        decided = {
            status
            for (status,) in unit.select("SELECT DISTINCT status FROM share_request WHERE tenant_id = ?")
        }
    keys = {person.member_id: person.key for person in population.world.people}
    assert sorted(keys[one] for one in waiting) == ["jens.kroeger", "maren.boysen", "thomas.lueders"]
    assert decided == {"PENDING", "APPROVED", "REJECTED"}


def _requesters(unit: Unit, status: str) -> list[str]:
    found = unit.select("SELECT requested_by FROM share_request WHERE tenant_id = ? AND status = ?", status)
    return [urn.rpartition(":")[2] for (urn,) in found]


@pytest.mark.parametrize(
    ("tenant", "statuses"),
    [
        ("solar-nord", ["ACCEPTED", "DECLINED", "ENDED", "MISSED", "OPEN", "OPEN"]),
        ("lorenzen", ["ACCEPTED", "DECLINED", "ENDED", "MISSED", "OPEN", "OPEN"]),
    ],
)
def test_partners_have_open_and_finished_offers(
    house: tuple[Office, Population], tenant: str, statuses: list[str]
) -> None:
    office, population = house
    with office.log.for_tenant(scope_of(population, tenant)).reading() as unit:
        offers = list_offers(unit)
    assert sorted(offer.status for offer in offers) == statuses
    deadlines = [offer.deadline_at for offer in offers if offer.status == "OPEN"]
    assert deadlines == ["2026-11-19T13:54:00.000Z", "2026-11-20T11:52:00.000Z"]


def test_partners_work_what_they_accepted_and_the_owner_knows_the_step(
    house: tuple[Office, Population],
) -> None:
    office, population = house
    for key, step in (("accepted-heat", "Vor-Ort-Termin"), ("accepted-solar", "Dachprüfung")):
        with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
            (row,) = unit.select(
                "SELECT step, responsible FROM lead WHERE tenant_id = ? AND id = ?", population.named(key)
            )
        assert row[0] == step
        assert row[1].startswith("urn:lt:sales-partners:")


def test_named_leads_keep_what_somebody_changed(house: tuple[Office, Population]) -> None:
    office, population = house
    with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
        stream = unit.stream(population.named("anna"))
    first = stream[0].event
    assert isinstance(first, LeadCreated)
    assert first.row.lead.interest is not None
    assert first.row.lead.interest.fields["Zeitraum"].value == "so bald wie möglich"
    assert first.row.lead.interest.fields["Budget"].value == "10000"
    state = fold(population.named("anna"), stream)
    assert state.row.lead.interest is not None
    assert state.row.lead.interest.fields["Zeitraum"].value == "2. Quartal 2027"
    assert state.row.lead.interest.fields["Budget"].value == "12000"
    assert state.row.commission is not None
    assert state.row.commission.step == "Kontakt"


def test_large_populations_have_one_event_a_lead_and_store_rows_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "FULL_HISTORY_LEADS", 300)
    office, population = planted(301)
    with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
        rows = unit.select("SELECT id, version, doc FROM lead WHERE tenant_id = ?")
        untouched = [row for row in rows if row[1] == 1]
        assert len(untouched) > 280
        assert all(doc is None for _, _, doc in untouched)


@pytest.mark.parametrize("leads", [0, 1, 7])
def test_the_smallest_populations_are_planted_too(leads: int) -> None:
    office, population = planted(leads)
    with office.log.for_tenant(scope_of(population, "wagner")).reading() as unit:
        assert unit.select("SELECT COUNT(*) FROM lead WHERE tenant_id = ?") == [(leads,)]
