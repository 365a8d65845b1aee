"""Blanking what is left of a lead: the log's content, rows, documents, fingerprints (measure A9).

Until keys exist, erasing means overwriting; afterwards a destroyed key makes the same bytes unreadable.
What stays in the log: position, time, actor, kind and the lead's id.
"""

from dataclasses import replace

from leaddesk.server.eventlog.idempotency import forget_fingerprints
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.port import lead_key
from leaddesk.server.projections.leads import remove_lead
from leaddesk.server.projections.offers import offers_of_lead, remove_documents, store_offer

_BLANK = "UPDATE event SET payload = NULL WHERE tenant_id = ? AND stream_id = ?"


def erase_own(unit: Unit, lead_id: str) -> None:
    """Erase a lead in its owner's tenant; in the transaction that records the deletion."""
    unit.keys.destroy(unit.tenant, [lead_key(lead_id)])
    unit.run(_BLANK, lead_id)
    unit.run("DELETE FROM share_request WHERE tenant_id = ? AND lead_id = ?", lead_id)
    unit.run("DELETE FROM deadline WHERE tenant_id = ? AND lead_id = ?", lead_id)
    remove_lead(unit, lead_id)
    forget_fingerprints(unit, lead_id)


def erase_received(unit: Unit, lead_id: str) -> None:
    """Erase what a partner's tenant holds of the lead: documents, row, and what the offers' streams say.

    The partner's own notes and steps in its own log are the partner's data and stay, without any field of
    the prospect (server design, "Erasure that is true"); no endpoint shows them.
    """
    for offer in offers_of_lead(unit, lead_id):
        remove_documents(unit, offer.offer_id)
        unit.run(_BLANK, offer.offer_id)
        store_offer(unit, replace(offer, reason=None))
    remove_lead(unit, lead_id)
    forget_fingerprints(unit, lead_id)
