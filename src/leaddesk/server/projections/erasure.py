"""Removing the rows of an erased lead: its keys are gone already, so nothing of it can be read (measure A9).

The log keeps its ciphertext, so that the hash chain stays recomputable (guarantee S6). What stays readable:
position, time, actor, kind and the lead's id.
"""

from dataclasses import replace

from leaddesk.server.eventlog.idempotency import forget_fingerprints
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections.attachments import remove_files
from leaddesk.server.projections.leads import remove_lead
from leaddesk.server.projections.offers import offers_of_lead, remove_documents, store_offer


def erase_own(unit: Unit, lead_id: str) -> None:
    """Remove a lead's rows in its owner's tenant; in the transaction that records the deletion."""
    unit.run("DELETE FROM share_request WHERE tenant_id = ? AND lead_id = ?", lead_id)
    unit.run("DELETE FROM deadline WHERE tenant_id = ? AND lead_id = ?", lead_id)
    remove_files(unit, lead_id)
    remove_lead(unit, lead_id)
    forget_fingerprints(unit, lead_id)


def erase_received(unit: Unit, lead_id: str) -> None:
    """Remove what a partner's tenant holds of the lead: documents, row, the reason it declined with.

    The partner's own notes and steps in its own log are the partner's data and stay, without any field of
    the prospect (server design, "Erasure that is true"); no endpoint shows them.
    """
    for offer in offers_of_lead(unit, lead_id):
        remove_documents(unit, offer.offer_id)
        store_offer(unit, replace(offer, reason=None))
    remove_files(unit, lead_id)
    remove_lead(unit, lead_id)
    forget_fingerprints(unit, lead_id)
