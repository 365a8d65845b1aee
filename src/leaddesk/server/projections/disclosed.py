"""Which partner ever received anything of which lead: ids only, which stay when the lead is erased (A9)."""

from leaddesk.contract.ids import SalesPartnerId
from leaddesk.server.domain.events import BrokerageStarted, Event, LeadAssignedDirectly, OfferExtended
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.eventlog.log import Unit

_STORE = (
    "INSERT INTO disclosed (tenant_id, sales_partner_id, lead_id, position, at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, sales_partner_id, lead_id)"
    " DO UPDATE SET position = excluded.position, at = excluded.at"
)
_PAGE = (
    "SELECT position, lead_id, at FROM disclosed WHERE tenant_id = ? AND sales_partner_id = ?"
    " AND position < ? ORDER BY position DESC LIMIT ?"
)


def note_recipients(unit: Unit, lead_id: str, recorded: Recorded) -> None:
    """Remember who receives something by an event of the lead's stream; in its transaction."""
    for partner_id in partners_given(recorded.event):
        unit.run(_STORE, partner_id, lead_id, recorded.position, recorded.at)


def partners_given(event: Event) -> list[SalesPartnerId]:
    """Return the partners an event gives something to.

    In a queue those whose turn has not come are given nothing: each is named when it comes.
    """
    match event:
        case OfferExtended():
            return [event.sales_partner_id]
        case LeadAssignedDirectly():
            return [event.recipient.sales_partner_id]
        case BrokerageStarted(one_after_another=False):
            return [recipient.sales_partner_id for recipient in event.recipients]
        case _:
            return []


def leads_disclosed(unit: Unit, sales_partner_id: str, before: int, size: int) -> list[tuple[int, str, str]]:
    """Return position and time of the last disclosure and the lead, newest first, below a position."""
    return [tuple(row) for row in unit.select(_PAGE, sales_partner_id, before, size)]
