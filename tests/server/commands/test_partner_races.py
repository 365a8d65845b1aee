"""Handing over, changing and ending at the same moment; a crash between two logs heals here too."""

import pytest

from leaddesk.contract.leads import CreateCommissionRequest, PatchLeadRequest
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sales_partners import SalesPartnerStatus
from leaddesk.server.commands import relay
from leaddesk.server.commands.delivery import leads as delivered
from leaddesk.server.commands.entry.leads import replace_lists
from leaddesk.server.commands.leads import change_step
from leaddesk.server.commands.partners.assignment import assign_directly
from leaddesk.server.commands.partners.partnerships import end_partnership
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.leads import load_lead
from leaddesk.server.projections.partners.records import all_partners
from tests.server.commands.test_races import at_once, caller, order
from tests.support.trade import Trade


def partners(trade: Trade) -> dict[str, str]:
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        return {partner.name: partner.sales_partner_id for partner in all_partners(unit)}


def wanted(trade: Trade, name: str) -> CreateCommissionRequest:
    return CreateCommissionRequest.model_validate({"salesPartnerId": partners(trade)[name]})


def holds(trade: Trade, who: Caller, lead_id: str) -> bool:
    with trade.services.library.reading(who) as unit:
        return bool(unit.select("SELECT 1 FROM lead WHERE tenant_id = ? AND id = ?", lead_id))


async def test_of_two_assignments_exactly_one_counts(trade: Trade) -> None:
    office = trade.services.office
    thomas, bjoern, finn = [await caller(trade, name) for name in ("Thomas", "Björn", "Finn")]
    for lead_id in trade.add_leads(10):
        works = [
            lambda name=name, lead_id=lead_id: assign_directly(
                office, order(thomas), lead_id, wanted(trade, name)
            )
            for name in ("Solar Nord GmbH", "Lorenzen GmbH")
        ]
        outcomes = at_once(*works)
        assert outcomes.count(ProblemType.ALREADY_OFFERED) == 1
        assert holds(trade, bjoern, lead_id) != holds(trade, finn, lead_id)


async def test_of_two_changes_to_one_serial_exactly_one_counts(trade: Trade) -> None:
    office, lead_id = trade.services.office, trade.add_lead()
    maren, jens = await caller(trade, "Maren"), await caller(trade, "Jens")
    sent = [
        PatchLeadRequest.model_validate({"prospect": {"fields": {"Vorname": {"value": name}}}})
        for name in ("Berta", "Clara")
    ]
    outcomes = at_once(
        lambda: replace_lists(office, order(maren), lead_id, sent[0], 1),
        lambda: replace_lists(office, order(jens), lead_id, sent[1], 1),
    )
    assert outcomes.count(ProblemType.STALE_SERIAL) == 1


async def test_an_assignment_that_the_relay_lost_arrives_at_the_next_start(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, lead_id = trade.services.office, trade.add_lead()
    thomas, bjoern = await caller(trade, "Thomas"), await caller(trade, "Björn")

    def crash(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(delivered, "store_grant", crash)
        with pytest.raises(KeyboardInterrupt):
            assign_directly(office, order(thomas), lead_id, wanted(trade, "Solar Nord GmbH"))
    assert not holds(trade, bjoern, lead_id)
    list(relay.settling(office))
    list(relay.settling(office))
    assert holds(trade, bjoern, lead_id)
    with trade.services.library.reading(bjoern) as unit:
        assert len(unit.stream(lead_id)) == 1


async def test_a_step_of_a_lead_that_is_gone_stops_nothing(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The partner moved it, the server fell over, the owner erased it: the relay goes on behind that."""
    from leaddesk.server.commands import leads as working
    from leaddesk.server.commands.erasure import leads as erasing

    office, (lead_id, other) = trade.services.office, trade.add_leads(2)
    thomas, jens, bjoern = [await caller(trade, name) for name in ("Thomas", "Jens", "Björn")]
    for one in (lead_id, other):
        assign_directly(office, order(thomas), one, wanted(trade, "Solar Nord GmbH"))
    with monkeypatch.context() as patched:
        for module in (working, erasing):
            patched.setattr(module, "settle", lambda *_: None)
        change_step(office, order(bjoern), lead_id, "Kontakt", None)
        erasing.delete_lead(office, order(jens), lead_id)
    change_step(office, order(bjoern), other, "Kontakt", None)
    with trade.services.library.reading(thomas) as unit:
        commission = load_lead(unit, other).row.commission
    assert commission is not None and commission.step == "Kontakt"


async def test_an_end_and_an_assignment_leave_nothing_open(trade: Trade) -> None:
    office = trade.services.office
    thomas, bjoern = await caller(trade, "Thomas"), await caller(trade, "Björn")
    nord, lead_id = partners(trade)["Solar Nord GmbH"], trade.add_lead()
    ask = wanted(trade, "Solar Nord GmbH")
    at_once(
        lambda: end_partnership(office, order(thomas), nord, None),
        lambda: assign_directly(office, order(thomas), lead_id, ask),
    )
    with trade.services.library.reading(thomas) as unit:
        assert {p.sales_partner_id: p.status for p in all_partners(unit)}[nord] == SalesPartnerStatus.ENDED
        assert not load_lead(unit, lead_id).worked_by_partner
    assert not holds(trade, bjoern, lead_id)
