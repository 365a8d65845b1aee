"""Removing the rows of an erased lead: its keys are gone already, so nothing of it can be read (measure A9).

The log keeps its ciphertext, so that the hash chain stays recomputable (guarantee S6). What stays readable:
position, time, actor, kind and the lead's id.
"""

from dataclasses import replace

from leaddesk.server.eventlog.idempotency import Whose, forget_fingerprints
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.port import TENANT_KEY, lead_key, offer_key
from leaddesk.server.projections.attachments import remove_files
from leaddesk.server.projections.leads import remove_lead
from leaddesk.server.projections.offers import offers_of_lead, remove_documents, store_offer

_OFFERED = (
    "SELECT owner_id, brokerage_id FROM offer WHERE tenant_id = ? AND lead_id = ? ORDER BY offered_at DESC"
)


def keys_that_end_with(unit: Unit, lead_id: str | None) -> list[Whose]:
    """Name keys that are destroyed when the lead is: its own, or at a partner the owner's keys of the offers.

    What concerns no lead ends with the tenant.
    """
    if lead_id is None:
        return [(unit.tenant, TENANT_KEY)]
    offered = [(owner, offer_key(one, "after")) for owner, one in unit.select(_OFFERED, lead_id)]
    return offered or [(unit.tenant, lead_key(lead_id))]


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
