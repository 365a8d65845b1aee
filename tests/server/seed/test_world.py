"""The demo world: who is there, and what the first tenant lets out."""

from datetime import UTC, datetime

import pytest

from leaddesk.contract.people import Right, Role
from leaddesk.contract.sales_partners import SalesPartnerStatus
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return Population(0, clock=lambda: datetime(2026, 11, 19, tzinfo=UTC)).world


@pytest.mark.parametrize(
    ("key", "name", "tenant", "role"),
    [
        ("maren.boysen", "Maren Boysen", "wagner", Role.REP),
        ("jens.kroeger", "Jens Kröger", "wagner", Role.REP),
        ("thomas.lueders", "Thomas Lüders", "wagner", Role.ADMIN),
        ("ayse.demir", "Ayşe Demir", "wagner", Role.ADMIN),
        ("bjoern.hansen", "Björn Hansen", "solar-nord", Role.REP),
        ("imke.petersen", "Imke Petersen", "solar-nord", Role.ADMIN),
        ("finn.lorenzen", "Finn Lorenzen", "lorenzen", Role.ADMIN),
        ("svea.carstens", "Svea Carstens", "lorenzen", Role.REP),
    ],
)
def test_the_characters_are_there(world: World, key: str, name: str, tenant: str, role: Role) -> None:
    person = world.person(key)
    assert (person.name, person.tenant, person.role) == (name, tenant, role)
    assert person.email == f"{key}@{tenant}.example"


def test_one_person_may_delete(world: World) -> None:
    deleters = [person.key for person in world.people if Right.LEAD_DELETE in person.extra_rights]
    assert deleters == ["jens.kroeger"]


def test_the_manufacturer_comes_first_with_two_active_partners(world: World) -> None:
    assert [tenant.name for tenant in world.tenants] == [
        "Heiztechnik Wagner AG",
        "Solar Nord GmbH",
        "Lorenzen Wärmetechnik GmbH",
    ]
    active = [p.partner for p in world.partnerships if p.sales_partner.status is SalesPartnerStatus.ACTIVE]
    assert active == ["solar-nord", "lorenzen"]


def test_only_the_manufacturer_shows_its_reps_all(world: World) -> None:
    shown = [tenant.policy.leads_visible_to_reps for tenant in world.tenants]
    assert shown == ["all", "own-and-unassigned", "own-and-unassigned"]


def test_each_tenant_has_forms_and_one_default_pipeline(world: World) -> None:
    for tenant in world.tenants:
        assert len(world.forms_of(tenant.key)) >= 2
        defaults = [p for p in world.pipelines if p.tenant == tenant.key and p.pipeline.is_default]
        assert len(defaults) == 1
    assert world.default_pipeline("wagner").pipeline.steps == [
        "Neu",
        "Kontakt",
        "Vor-Ort-Termin",
        "Angebot",
        "Abschluss",
    ]


def test_forms_hold_every_kind_of_field(world: World) -> None:
    kinds = {
        field.type
        for plan in world.forms
        for block in (plan.form.definition.prospect, plan.form.definition.interest)
        for field in block.fields.values()
    }
    assert kinds == {
        "text:singleline",
        "text:singleline:firstname",
        "text:multiline",
        "text:list",
        "text:list:leadsource",
        "text:list:campaign",
        "number:natural",
        "bool:yesno",
        "bool:consent",
        "date:month",
    }


def test_markets_name_how_long_partners_have_and_who_decides(world: World) -> None:
    warm, solar = world.market("waerme-nord").market, world.market("solar-kueste").market
    assert (warm.response_window_seconds, warm.approval_required) == (4 * 3600, True)
    assert (solar.response_window_seconds, solar.approval_required) == (24 * 3600, False)


def test_no_contact_is_visible_before_acceptance_and_prices_stay_in_the_house(world: World) -> None:
    rules = {rule.label: rule for rule in world.market("waerme-nord").market.visibility}
    for label in ("Vorname", "Nachname", "Telefon", "E-Mail", "Straße", "Firma", "Nachricht", "PLZ"):
        assert rules[label].before != "visible"
        assert rules[label].after == "visible"
    assert not {"Budget", "Investitionsrahmen", "Quelle", "Kampagne", "Erreichbar", "Gespräch"} & set(rules)


def test_every_rule_names_a_label_of_a_form(world: World) -> None:
    labels = {
        label
        for plan in world.forms
        for block in (plan.form.definition.prospect, plan.form.definition.interest)
        for label in block.fields
    }
    assert {rule.label for rule in world.market("waerme-nord").market.visibility} <= labels
