"""What a partner's tenant keeps of a lead that was handed to it directly: the document, and whose it is."""

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.server.domain.events import LeadAssignedDirectly
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.places import offer_place
from leaddesk.server.keys.port import offer_key
from leaddesk.server.projections.offers import ASSIGNED, OfferRow, store_offer

_INSERT = "INSERT INTO offer_document (tenant_id, offer_id, stage, key_id, doc) VALUES (?, ?, 'after', ?, ?)"


def store_grant(unit: Unit, owner: TenantId, lead_id: str, at: str, assigned: LeadAssignedDirectly) -> None:
    """Keep the document under this tenant, sealed under a key of the owner, so that erasure finds both.

    The row beside it is no offer: nobody has to decide, no list shows it.
    """
    offer_id, key_id = assigned.recipient.offer_id, offer_key(assigned.brokerage_id, "after")
    plain = msgspec.json.encode(assigned.after)
    unit.run(_INSERT, offer_id, key_id, unit.keys.seal(owner, key_id, plain, offer_place(offer_id, "after")))
    row = OfferRow(
        offer_id,
        lead_id,
        owner,
        assigned.brokerage_id,
        market_name="",
        status=ASSIGNED,
        offered_at=at,
        deadline_at=at,
        decided_at=at,
        asked_by=None,
        serial=1,
        reason=None,
    )
    store_offer(unit, row)
