"""Working a lead: journal and steps."""

import msgspec

from leaddesk.contract.ids import CommissionId, NoteId
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import CommissionStarted, Steps
from leaddesk.server.domain.lead import LeadState, decide_note, decide_step
from leaddesk.server.domain.refusal import invalid
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import append_to_lead


class _Pipeline(Steps, frozen=True):
    is_default: bool = False


_PIPELINE = msgspec.json.Decoder(_Pipeline)


def add_note(office: Office, order: Order, lead_id: str, text: str, intern: bool) -> Receipt:
    """Add to the journal; the receipt names the note."""

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        note_id = NoteId(office.new_id())
        events = decide_note(note_id, text, intern)
        append_to_lead(unit, state, events, office.now(), order.caller.urn)
        return Receipt(201, (note_id,), lead_id)

    return perform(office, order, work)


def change_step(office: Office, order: Order, lead_id: str, step: str, seen_serial: int | None) -> Receipt:
    """Move a lead to a step of its pipeline; the relay tells the owner of a granted lead.

    Raises ``Refused`` as ``decide_step`` does.
    """

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        default = pipeline_of(unit, None)
        start = CommissionStarted(CommissionId(office.new_id()), order.caller.urn, default, default.steps[0])
        events = decide_step(state, step, seen_serial, _running_pipeline(unit, state) or default, start)
        append_to_lead(unit, state, events, office.now(), order.caller.urn)
        return Receipt(200, (lead_id,), lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def reveal_lead(office: Office, order: Order, lead_id: str) -> Receipt:
    """Let somebody see masked fields of a lead: no event, the access log tells of it (measure A8)."""

    def work(unit: Unit) -> Receipt:
        visible_lead(unit, order.caller, lead_id)
        return Receipt(204, (), lead_id)

    return perform(office, order, work)


def pipeline_of(unit: Unit, pipeline_id: str | None) -> Steps:
    """Return a pipeline of the tenant, the default one without an id. Raises ``Refused`` if there is none."""
    if pipeline_id is not None:
        doc = references.one_of(unit, references.PIPELINE, pipeline_id)
        found = [_PIPELINE.decode(doc)] if doc else []
    else:
        every = [_PIPELINE.decode(doc) for doc in references.all_of(unit, references.PIPELINE)]
        found = [pipeline for pipeline in every if pipeline.is_default] or every
    if not found:
        raise invalid("step", "a tenant with a pipeline")
    return Steps(found[0].sales_pipeline_id, found[0].name, found[0].steps)


def _running_pipeline(unit: Unit, state: LeadState) -> Steps | None:
    running = state.row.commission
    if state.pipeline is not None or running is None or running.sales_pipeline_id is None:
        return state.pipeline
    return pipeline_of(unit, running.sales_pipeline_id)
