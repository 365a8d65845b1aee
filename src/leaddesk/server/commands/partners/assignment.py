"""``POST /leads/{id}/commissions``: handing a lead to one partner directly."""

from leaddesk.contract.ids import BrokerageId, CommissionId, OfferId, TenantId
from leaddesk.contract.leads import CreateCommissionRequest
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.leads import pipeline_of
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import Recipient, Steps
from leaddesk.server.domain.partners.assignment import decide_assignment
from leaddesk.server.domain.refusal import Refused, invalid
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections.leads import append_to_lead
from leaddesk.server.projections.partners.records import find_partner


def assign_directly(office: Office, order: Order, lead_id: str, wanted: CreateCommissionRequest) -> Receipt:
    """Give the lead to a partner; the receipt names the commission. The partner's tenant reads it at once.

    Raises ``Refused``: not found; invalid for an unknown partner or pipeline; wrong state for a partner that
    cannot be reached; as ``decide_assignment`` does.
    """

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        ids = BrokerageId(office.new_id()), CommissionId(office.new_id())
        recipient = _recipient(office, unit, wanted.sales_partner_id)
        pipeline = _pipeline(unit, wanted.sales_pipeline_id)
        events = decide_assignment(state, recipient, pipeline, ids, order.caller.urn)
        append_to_lead(unit, state, events, office.now(), order.caller.urn)
        return Receipt(201, (ids[1],), lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def _recipient(office: Office, unit: Unit, partner_id: str) -> Recipient:
    try:
        partner = find_partner(unit, partner_id)
    except Refused:
        raise invalid("salesPartnerId", "a sales partner of the tenant") from None
    if not partner.reachable:
        raise Refused(ProblemType.WRONG_STATE, field="salesPartnerId", expected="an ACTIVE sales partner")
    tenant = TenantId(str(partner.tenant_id))
    return Recipient(OfferId(office.new_id()), partner.sales_partner_id, tenant, partner.name)


def _pipeline(unit: Unit, pipeline_id: str | None) -> Steps:
    try:
        return pipeline_of(unit, pipeline_id)
    except Refused:
        raise invalid("salesPipelineId", "a pipeline of the tenant") from None
