"""Entering a lead, and replacing its lists of fields."""

from leaddesk.contract.ids import FormId, LeadId, tenant_urn
from leaddesk.contract.leads import CreateLeadRequest, Form, PatchLeadRequest
from leaddesk.contract.rows import LeadPart, LeadRow
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.domain.entry.lists import Sent, decide_fields, form_for, new_list
from leaddesk.server.domain.events import LeadCreated
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.keys.port import lead_key
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import append_to_lead, begin_lead


def create_lead(office: Office, order: Order, wanted: CreateLeadRequest) -> Receipt:
    """Enter a lead on the first form that holds every sent label; nobody has it yet. The receipt names it.

    Raises ``Refused`` (invalid) naming the label that fits no form, or the value that is not as it must be.
    """

    def work(unit: Unit) -> Receipt:
        lead_id, at = LeadId(office.new_id()), office.now()
        form = form_for(_forms(unit), _sent(wanted))
        part = LeadPart(
            lead_id,
            serial=1,
            owner=tenant_urn(unit.tenant),
            created_at=at,
            modified_at=at,
            prospect=new_list(form, "prospect", wanted.prospect),
            interest=new_list(form, "interest", wanted.interest),
        )
        created = LeadCreated(form.id, LeadRow(at, part))
        stamp = Stamp(at, order.caller.urn, lead_key(lead_id))
        (recorded,) = unit.append(lead_id, 0, [created], stamp)
        begin_lead(unit, lead_id, recorded)
        return Receipt(201, (lead_id,), lead_id)

    return perform(office, order, work)


def replace_lists(
    office: Office, order: Order, lead_id: str, wanted: PatchLeadRequest, seen_serial: int | None
) -> Receipt:
    """Put whole lists in place of those the lead has. Raises ``Refused`` as ``decide_fields`` does."""

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        changed = decide_fields(state, _form(unit, state.form_id), _sent(wanted), seen_serial)
        if changed is not None:
            append_to_lead(unit, state, [changed], office.now(), order.caller.urn)
        return Receipt(204, (lead_id,), lead_id)

    return perform(office, order, work)


def _sent(wanted: CreateLeadRequest | PatchLeadRequest) -> Sent:
    return {"prospect": wanted.prospect, "interest": wanted.interest}


def _forms(unit: Unit) -> list[Form]:
    return [Form.model_validate_json(doc) for doc in references.all_of(unit, references.FORM)]


def _form(unit: Unit, form_id: FormId | None) -> Form | None:
    doc = references.one_of(unit, references.FORM, form_id) if form_id else None
    return Form.model_validate_json(doc) if doc else None
