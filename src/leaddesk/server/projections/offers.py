"""The offer table of a partner, and the opaque documents that came with each offer."""

from dataclasses import dataclass, replace

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.server.domain.events import (
    AcceptanceAsked,
    BrokerageStarted,
    Document,
    InterestShown,
    OfferClosed,
    OfferReceived,
)
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.places import offer_place
from leaddesk.server.keys.port import offer_key

ASSIGNED = "ASSIGNED"
"""Status of a row that is no offer: the lead was handed over directly, nobody has to decide."""

LISTED = 500
"""A firm sees a few offers a day; what ended long ago is left out of the list."""

_COLUMNS = (
    "id, lead_id, owner_id, brokerage_id, market_name, status, offered_at, deadline_at, decided_at, asked_by,"
    " serial, reason, interested"
)
_SELECT = f"SELECT {_COLUMNS} FROM offer WHERE tenant_id = ?"  # noqa: S608 - constant text
_INSERT = f"INSERT INTO offer (tenant_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_DELETE = "DELETE FROM offer WHERE tenant_id = ? AND id = ?"
_DELETE_DOCUMENT = "DELETE FROM offer_document WHERE tenant_id = ? AND offer_id = ?"
_INSERT_DOCUMENT = (
    "INSERT INTO offer_document (tenant_id, offer_id, stage, key_id, doc) VALUES (?, ?, ?, ?, ?)"
)
_DOCUMENT = msgspec.json.Decoder(Document)


@dataclass(frozen=True, slots=True, repr=False)
class OfferRow:
    """One offer as the partner's tenant knows it."""

    offer_id: str
    lead_id: str
    owner_id: TenantId
    brokerage_id: str
    market_name: str
    status: str
    offered_at: str
    deadline_at: str
    decided_at: str | None
    asked_by: str | None
    serial: int
    reason: bytes | None
    interested: int = 0


def find_offer(unit: Unit, offer_id: str) -> OfferRow:
    """Return an offer of this tenant. Raises ``Refused`` (not found)."""
    found = unit.select(f"{_SELECT} AND id = ?", offer_id)
    if not found:
        raise not_found()
    return OfferRow(*found[0])


def knows_offer(unit: Unit, offer_id: str) -> bool:
    """Tell whether an offer ever reached this tenant."""
    return bool(unit.select("SELECT 1 FROM offer WHERE tenant_id = ? AND id = ?", offer_id))


def list_offers(unit: Unit) -> list[OfferRow]:
    """Return offers: open ones by nearest deadline, then the newest, at most ``LISTED`` in all."""
    order = " ORDER BY status <> 'OPEN', CASE WHEN status = 'OPEN' THEN deadline_at END, offered_at DESC, id"
    return [
        OfferRow(*row) for row in unit.select(f"{_SELECT} AND status <> ?{order} LIMIT ?", ASSIGNED, LISTED)
    ]


def offers_of_lead(unit: Unit, lead_id: str) -> list[OfferRow]:
    """Return the offers that concern one lead of its owner."""
    return [OfferRow(*row) for row in unit.select(f"{_SELECT} AND lead_id = ?", lead_id)]


def store_offer(unit: Unit, row: OfferRow) -> None:
    """Write an offer anew."""
    values = (row.offer_id, row.lead_id, row.owner_id, row.brokerage_id, row.market_name, row.status)
    times = (row.offered_at, row.deadline_at, row.decided_at, row.asked_by, row.serial)
    unit.run(_DELETE, row.offer_id)
    unit.run(_INSERT, *values, *times, row.reason, row.interested)


def on_received(recorded: Recorded, event: OfferReceived) -> OfferRow:
    """Begin an offer."""
    return OfferRow(
        event.offer_id,
        event.lead_id,
        event.owner_id,
        event.brokerage_id,
        event.market_name,
        "OPEN",
        recorded.at,
        event.deadline_at,
        decided_at=None,
        asked_by=None,
        serial=1,
        reason=None,
    )


def fold_offer(unit: Unit, row: OfferRow, recorded: Recorded) -> OfferRow:
    """Fold one later event of the offer's stream."""
    event, after = recorded.event, replace(row, serial=row.serial + 1)
    if isinstance(event, AcceptanceAsked):
        return replace(after, asked_by=row.asked_by or recorded.actor)
    if isinstance(event, InterestShown):
        return replace(after, interested=1)
    if isinstance(event, OfferClosed):
        return replace(after, status=event.status, decided_at=recorded.at, reason=event.reason)
    return row


def sealed_reason(unit: Unit, row: OfferRow, reason: str) -> bytes:
    """Seal why a partner said no, under the owner's key of the offer. Raises ``KeyGone``."""
    key_id = offer_key(row.brokerage_id, "before")
    return unit.keys.seal(row.owner_id, key_id, reason.encode(), offer_place(row.offer_id, "reason"))


def reason_of(unit: Unit, row: OfferRow) -> str | None:
    """Return why a partner said no, as long as it may be known."""
    if row.reason is None:
        return None
    key_id = offer_key(row.brokerage_id, "before")
    plain = unit.opened(row.owner_id, key_id, row.reason, offer_place(row.offer_id, "reason"))
    return plain.decode() if plain is not None else None


def store_documents(unit: Unit, owner: TenantId, offer_id: str, started: BrokerageStarted) -> None:
    """Keep both frozen documents under this tenant, sealed under keys of the owner."""
    for stage, document in (("before", started.before), ("after", started.after)):
        key_id = offer_key(started.brokerage_id, stage)
        doc = unit.keys.seal(owner, key_id, msgspec.json.encode(document), offer_place(offer_id, stage))
        unit.run(_INSERT_DOCUMENT, offer_id, stage, key_id, doc)


def document_before(unit: Unit, row: OfferRow) -> Document | None:
    """Return what is visible before acceptance, as long as it is there."""
    found = unit.select(
        "SELECT key_id, doc FROM offer_document WHERE tenant_id = ? AND offer_id = ? AND stage = 'before'",
        row.offer_id,
    )
    if not found:
        return None
    key_id, doc = found[0]
    plain = unit.opened(row.owner_id, key_id, doc, offer_place(row.offer_id, "before"))
    return _DOCUMENT.decode(plain) if plain is not None else None


def remove_documents(unit: Unit, offer_id: str) -> None:
    """Erase both documents of an offer."""
    unit.run(_DELETE_DOCUMENT, offer_id)


def remove_document_after(unit: Unit, offer_id: str) -> None:
    """Erase the document a partner that did not win must never see."""
    unit.run(_DELETE_DOCUMENT + " AND stage = 'after'", offer_id)
