"""A lead's rules: steps, serials, commissions, whose it is."""

import pytest

from leaddesk.contract.ids import (
    BrokerageId,
    CommissionId,
    FormId,
    LeadId,
    NoteId,
    OfferId,
    PipelineId,
    TenantId,
    Urn,
)
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.server.domain import events as e
from leaddesk.server.domain.fold import evolve, fold
from leaddesk.server.domain.lead import LeadState, Recorded, decide_deletion, decide_step
from leaddesk.server.domain.refusal import Refused

CREATED, AT = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"
MAREN, FIRM = Urn("urn:lt:members:member:maren"), Urn("urn:lt:sales-partners:sales-partner:nord")
LEAD = LeadId("lead")
PIPELINE = e.Steps(PipelineId("p"), "Standard", ["Neu", "Kontakt", "Angebot"])
START = e.CommissionStarted(CommissionId("c"), MAREN, PIPELINE, "Neu")


def stream(*events: e.Event) -> LeadState:
    fields = FieldList({"Name": FieldContent("text:singleline", "Meyer")}, ["Name"])
    part = LeadPart(LEAD, 1, Urn("urn:lt:tenants:tenant:t"), CREATED, CREATED, fields, FieldList({}))
    first = e.LeadCreated(FormId("f"), LeadRow(CREATED, part))
    every = [first, *events]
    return fold(LEAD, [Recorded(i, i, CREATED if i == 1 else AT, MAREN, x) for i, x in enumerate(every, 1)])


def refused(state: LeadState, step: str, serial: int | None = None) -> ProblemType:
    with pytest.raises(Refused) as refusal:
        decide_step(state, step, serial, PIPELINE, START)
    return refusal.value.kind


def test_the_first_step_opens_a_commission_of_its_own() -> None:
    state = stream()
    events = decide_step(state, "Kontakt", 1, PIPELINE, START)
    assert events == [START, e.StepChanged(CommissionId("c"), "Neu", "Kontakt")]
    for number, event in enumerate(events, 2):
        state = evolve(state, Recorded(number, number, AT, MAREN, event))
    assert state.row.commission is not None and state.row.commission.step == "Kontakt"
    assert (state.serial, state.keeper, state.version, state.row.modified_at) == (3, MAREN, 3, AT)
    assert state.row.lead.modified_at == CREATED
    assert decide_step(state, "Kontakt", 3, PIPELINE, START) == []


def test_the_step_must_be_of_the_pipeline_and_the_serial_the_current_one() -> None:
    assert refused(stream(), "Nirgends") is ProblemType.INVALID_INPUT
    assert refused(stream(START), "Kontakt", 1) is ProblemType.STALE_SERIAL


def test_notes_do_not_count_but_fields_do() -> None:
    change = e.Change("prospect", "Name", "text:singleline", "Meyer", "Maier")
    more = e.Change("interest", "Budget", "number:natural", None, "12000")
    gone = e.Change("prospect", "Name", "text:singleline", "Maier")
    state = stream(e.NoteAdded(NoteId("n"), "x", True))
    assert state.serial == 1
    state = stream(e.FieldsChanged([change, more]))
    assert state.serial == 2 and state.row.lead.modified_at == AT
    assert state.row.lead.prospect is not None and state.row.lead.interest is not None
    assert state.row.lead.prospect.fields["Name"].value == "Maier"
    assert state.row.lead.interest.fields["Budget"].value == "12000"
    state = stream(e.FieldsChanged([change]), e.FieldsChanged([gone]))
    assert state.row.lead.prospect == FieldList({}, [])


def test_while_a_partner_works_it_only_the_partner_moves_it() -> None:
    partners = e.CommissionStarted(CommissionId("d"), FIRM, PIPELINE, "Neu")
    state = stream(START, e.CommissionClosed(CommissionId("c"), "passed-on"), partners)
    assert state.worked_by_partner and state.keeper == MAREN
    assert refused(state, "Kontakt") is ProblemType.FORBIDDEN


def test_a_granted_lead_is_worked_but_never_erased_by_the_partner() -> None:
    came = e.LeadReceived(
        OfferId("o"), TenantId("t"), BrokerageId("b"), CommissionId("c"), MAREN, PIPELINE, "Neu"
    )
    state = fold(LEAD, [Recorded(1, 1, AT, Urn("urn:lt:tenants:tenant:t"), came)])
    assert (state.row.lead.owner, state.keeper) == ("urn:lt:tenants:tenant:t", MAREN)
    assert decide_step(state, "Angebot", 1, PIPELINE, START) == [
        e.StepChanged(CommissionId("c"), "Neu", "Angebot")
    ]
    with pytest.raises(Refused):
        decide_deletion(state)


def test_events_survive_storage_and_show_nothing() -> None:
    written = e.NoteAdded(NoteId("n"), "geheim", False)
    assert e.decode_event("NoteAdded", e.encode_event(written)) == written
    assert "geheim" not in repr(written) and "geheim" not in repr(stream(written))
