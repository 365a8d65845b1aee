"""Handing a lead to one partner without a market (contract, ``POST /leads/{id}/commissions``).

No market, so no visibility rule: the owner chose this one partner for this one lead, which therefore reads
every field of it; the journal, the history and other partners stay in the house (docs/adr/0023).
"""

from leaddesk.contract.ids import BrokerageId, CommissionId, Urn, sales_partner_urn
from leaddesk.contract.rows import FieldList, LeadRow
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.naming import lead_name, lead_place, lead_title, shown
from leaddesk.server.domain.sharing import check_free, passed_on


def whole(row: LeadRow) -> e.Granted:
    """Freeze the lead as it stands, with every value there is."""
    prospect, interest = row.lead.prospect or FieldList({}), row.lead.interest or FieldList({})
    values = [
        (label, shown(block.fields[label].value))
        for block in (prospect, interest)
        for label in block.labels()
    ]
    lines = [e.Line(label, "visible", value) for label, value in values if value]
    title = lead_name(prospect) or lead_title(interest)
    return e.Granted(e.Document(title, lines, lead_place(prospect)), prospect, interest)


def decide_assignment(
    state: LeadState,
    recipient: e.Recipient,
    pipeline: e.Steps,
    ids: tuple[BrokerageId, CommissionId],
    decided_by: Urn,
) -> list[e.Event]:
    """Give the lead to the partner: an own commission closes, the partner's opens on ``pipeline``.

    Raises ``Refused``: already offered while a request waits, a brokerage runs or a partner works the lead;
    forbidden for a lead that is only granted.
    """
    check_free(state)
    brokerage_id, commission_id = ids
    assigned = e.LeadAssignedDirectly(
        brokerage_id, commission_id, recipient, pipeline, decided_by, whole(state.row)
    )
    firm = sales_partner_urn(recipient.sales_partner_id)
    started = e.CommissionStarted(commission_id, firm, pipeline, pipeline.steps[0])
    return [assigned, *passed_on(state), started]
