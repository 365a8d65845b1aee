"""A tenant by an operator's hand has what work needs: forms, pipelines, markets, people, partners."""

from __future__ import annotations

from pathlib import Path

import pytest

from leaddesk.server.commands.blueprints import applying
from leaddesk.server.domain.events import OperatorIntervened, PartnershipJoined
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections.partners.records import all_partners
from tests.server.door.conftest import Operator
from tests.server.door.test_orders import WHY, entered
from tests.support.trade import Trade

MORE = """
[[form]]
name = "Fair"
prospect = [{ label = "Name", type = "text:singleline" }]
[[pipeline]]
name = "Short"
steps = ["In", "Out"]
[[market]]
name = "South"
pipeline = "Short"
visible = ["Name"]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    file = tmp_path / "firm.toml"
    file.write_text(MORE)
    return str(file)


def rewrite(file: str, text: str) -> None:
    Path(file).write_text(text)


def kinds(trade: Trade, tenant: str) -> list[str]:
    with trade.services.office.log.for_tenant(Scope(tenant)).reading() as unit:  # type: ignore[arg-type]
        return [type(recorded.event).__name__ for recorded in unit.stream("tenant")]


def acts(trade: Trade, tenant: str) -> list[str]:
    with trade.services.office.log.for_tenant(Scope(tenant)).reading() as unit:  # type: ignore[arg-type]
        events = [recorded.event for recorded in unit.stream("tenant")]
    return [event.act for event in events if isinstance(event, OperatorIntervened)]


async def test_a_new_tenant_has_a_form_a_pipeline_and_a_market(trade: Trade, operator: Operator) -> None:
    made = await operator.told("create-tenant", "Nordwind", "ada@nordwind.example", *WHY)
    assert [made[name] for name in ("forms", "pipelines", "markets")] == [1, 1, 1]
    assert kinds(trade, made["tenant"]) == ["OperatorIntervened", "Defined", "Defined", "Defined"]
    shown = (await operator.told("blueprint", made["tenant"]))["text"]
    assert 'name = "Anfrage"' in shown and 'label = "Nachname"' in shown
    _, built_in, _ = await operator.types("blueprint", "de")
    for name in ('[[form]]\nname = "Anfrage"', '"Neu", "Kontakt", "Termin"'):
        assert name in shown and name in built_in
    english = await operator.told("create-tenant", "South", "a@south.example", "--blueprint", "en", *WHY)
    assert 'label = "Last name"' in (await operator.told("blueprint", english["tenant"]))["text"]
    bare = await operator.types("create-tenant", "Bare", "a@bare.example", "--blueprint", "none", *WHY)
    assert "no form yet" in bare[1]


async def test_a_blueprint_of_ones_own_is_taken_whole_or_not_at_all(
    trade: Trade, operator: Operator, file: str
) -> None:
    before = len(trade.services.office.log.scopes())
    wrong = Path(file).with_name("wrong.toml")
    wrong.write_text(MORE.replace('pipeline = "Short"', 'pipeline = "Long"'))
    words = ("create-tenant", "Own", "ada@own.example", *WHY, "--blueprint")
    said = await operator.refused(*words, str(wrong))
    assert said == 'blueprint: market "South": pipeline: expected one of "Short"'
    code, _, said = await operator.types(*words, str(wrong.with_name("gone")))
    assert (code, said) == (2, "leaddesk server: blueprint: cannot be read (No such file or directory)\n")
    assert len(trade.services.office.log.scopes()) == before
    made = await operator.told(*words, file)
    assert [made[name] for name in ("forms", "pipelines", "markets")] == [1, 1, 1]
    assert 'name = "Fair"' in (await operator.told("blueprint", made["tenant"]))["text"]


async def test_what_a_tenant_has_grows_and_is_on_record_once(
    trade: Trade, operator: Operator, file: str
) -> None:
    words = ("apply-blueprint", trade.wagner, file, *WHY)
    dry = await operator.told(*words, "--dry-run")
    assert kinds(trade, trade.wagner).count("OperatorIntervened") == 0
    done = await operator.told(*words)
    assert done["changes"] == dry["changes"]
    assert [(one["kind"], one["act"]) for one in done["changes"]] == [
        ("form", "added"), ("pipeline", "added"), ("market", "added")
    ]  # fmt: skip
    assert (await operator.told(*words))["changes"] == []
    assert acts(trade, trade.wagner) == ["tenant.blueprint"]
    admin = await trade.sign_in("Thomas")
    assert [one["name"] for one in await admin.get("/markets")][-1] == "South"
    (told,) = await admin.get("/operator-interventions")
    assert (told["act"], told["operator"]) == ("tenant.blueprint", "olga")
    assert "already; nothing was changed" in (await operator.types(*words))[1]
    assert "10 characters" in await operator.refused(*words[:3], *WHY[:2], "--reason", "x", *WHY[4:])
    assert "no such tenant" in await operator.refused("apply-blueprint", "x", file, *WHY)


@pytest.mark.warns("leaddesk.server.door")
async def test_nothing_is_half_done(
    trade: Trade, operator: Operator, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, define = kinds(trade, trade.wagner), applying.references.define
    calls = list[object]()

    def failing(*words: object) -> None:
        calls.append(words)
        if len(calls) == 3:
            raise RuntimeError
        define(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(applying.references, "define", failing)
    assert "went wrong" in await operator.refused("apply-blueprint", trade.wagner, file, *WHY)
    assert len(calls) == 3 and kinds(trade, trade.wagner) == before


async def test_a_step_at_which_leads_stand_does_not_go(trade: Trade, operator: Operator, file: str) -> None:
    (lead,) = trade.add_leads(1)
    maren = await trade.sign_in("Maren")
    await maren.done(f"/leads/{lead}/commission/step", step="Kontakt")
    rewrite(file, '[[pipeline]]\nname = "Standard"\nsteps = ["Neu", "Angebot"]\n')
    said = await operator.refused("apply-blueprint", trade.wagner, file, *WHY)
    assert said.endswith('would lose the step "Kontakt", at which 1 lead stands')
    rewrite(file, '[[pipeline]]\nname = "Standard"\nsteps = ["Neu", "Kontakt", "Ende"]\n')
    assert len((await operator.told("apply-blueprint", trade.wagner, file, *WHY))["changes"]) == 1


async def test_somebody_more_is_entered_and_signs_in(trade: Trade, operator: Operator) -> None:
    words = ("add-person", trade.nord, "kim@nord.example", "--name", "Kim Voss", *WHY)
    made = await operator.told(*words, "--role", "admin")
    assert await entered(trade, "kim@nord.example", made["password"]) == 200
    (member,) = [one for one in trade.people.members(trade.nord) if one.email == "kim@nord.example"]
    assert (member.name, member.role.value, member.member_id) == ("Kim Voss", "admin", made["member"])
    assert acts(trade, trade.nord) == ["member.add"] and kinds(trade, trade.nord)[-1] == "Defined"
    assert "already" in await operator.refused(*words)
    assert "rep, admin, auditor" in await operator.refused(*words, "--role", "boss")
    assert "e-mail address" in await operator.refused("add-person", trade.nord, "kim", *WHY)
    assert "no such tenant" in await operator.refused("add-person", "x", "kim@x.example", *WHY)


async def test_two_firms_become_partners_once_and_both_know_who_did_it(
    trade: Trade, operator: Operator
) -> None:
    words = ("add-partner", trade.nord, trade.lorenzen, "office@lorenzen.example", *WHY)
    assert (await operator.types(*words))[1] == "Lorenzen GmbH is a sales partner of Solar Nord GmbH.\n"
    assert "was already" in (await operator.types(*words))[1]
    with trade.services.office.log.for_tenant(Scope(trade.nord)).reading() as unit:
        (partner,) = all_partners(unit)
    assert partner.reachable and partner.tenant_id == trade.lorenzen and partner.name == "Lorenzen GmbH"
    assert acts(trade, trade.nord) == acts(trade, trade.lorenzen) == ["partner.add"]
    with trade.services.office.log.for_tenant(Scope(trade.lorenzen)).reading() as unit:
        joined = [one.event for one in unit.stream("tenant") if isinstance(one.event, PartnershipJoined)]
    assert joined == [PartnershipJoined(trade.nord, partner.sales_partner_id)]
    assert "own partner" in await operator.refused("add-partner", trade.nord, trade.nord, "a@b.example", *WHY)
    assert "has that e-mail" in await operator.refused(
        "add-partner", trade.nord, trade.wagner, "OFFICE@lorenzen.example", *WHY
    )


async def test_an_invitation_that_waits_is_taken_up(trade: Trade, operator: Operator) -> None:
    imke = await trade.sign_in("Imke")
    invited = await imke.done("/sales-partners", email="office@lorenzen.example", name="Lorenzen")
    await operator.told("add-partner", trade.nord, trade.lorenzen, "office@lorenzen.example", *WHY)
    (partner,) = await imke.get("/sales-partners")
    assert (partner["salesPartnerId"], partner["status"]) == (invited["salesPartnerId"], "ACTIVE")


async def test_a_domain_is_vouched_for_on_record(trade: Trade, operator: Operator) -> None:
    words = ("prove-domain", trade.wagner, "wagner.example", *WHY)
    for _ in range(2):
        assert "wagner.example is Wagner AG's" in (await operator.types(*words))[1]
    admin = await trade.sign_in("Thomas")
    (domain,) = await admin.get("/tenant/domains")
    assert (domain["domain"], domain["provedBy"]) == ("wagner.example", "operator")
    assert acts(trade, trade.wagner)[-1] == "domain.prove"
    for wrong in ("gmail.com", "Wagner.example", "x"):
        assert "expected a domain" in await operator.refused("prove-domain", trade.wagner, wrong, *WHY)
    assert "no such tenant" in await operator.refused("prove-domain", "x", "wagner.example", *WHY)
