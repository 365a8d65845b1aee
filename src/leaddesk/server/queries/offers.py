"""Offers as the partner sees them: what is visible before acceptance, until accepted; then the lead's id."""

from leaddesk.contract.offers import Offer
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.offers import OfferRow, document_before, find_offer, list_offers, reason_of
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.sharing import document


def offers(library: Library, caller: Caller) -> list[Offer]:
    """Return all offers to the caller's firm: open ones by nearest deadline, then the newest."""
    with library.reading(caller) as unit:
        return [_offer(library, unit, row) for row in list_offers(unit)]


def offer(library: Library, caller: Caller, offer_id: str) -> Offer:
    """Return one offer. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        return _offer(library, unit, find_offer(unit, offer_id))


def _offer(library: Library, unit: Unit, row: OfferRow) -> Offer:
    held = unit.select("SELECT 1 FROM lead WHERE tenant_id = ? AND id = ?", row.lead_id)
    return Offer.model_validate(
        {
            "offer_id": row.offer_id,
            "serial": row.serial,
            "status": row.status,
            "market_name": row.market_name,
            "owner_name": library.directory.firm_of(row.owner_id) or "",
            "offered_at": row.offered_at,
            "deadline_at": row.deadline_at,
            "document": document(document_before(unit, row)),
            "lead_id": row.lead_id if held and row.status == "ACCEPTED" else None,
            "decided_at": row.decided_at,
            "decline_reason": reason_of(unit, row),
            "still_interested": bool(row.interested) if row.status == "MISSED" else None,
        }
    )
