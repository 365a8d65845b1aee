"""Which events of a tenant's log a webhook is told, and the ids it is told: never a word of a lead.

An event may be told several times (an offer to each partner). What can no longer be read, because the lead
has been erased, is told only where the log's own columns suffice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from leaddesk.contract.ids import TenantId
from leaddesk.contract.webhooks import HookEvent, HookNews
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import CODES_OF_ENDS

Ids = dict[str, str]
Read = Callable[[str, Any], list[Ids]]
"""From the stream's name and the event (absent: unreadable) to what is told."""

_NAMES = UUID("6f1c2f0e-5a0b-4d6e-9a52-1f6d3f8f2f11")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands: the ids of its news are made of it, so that a repeated one has the same."""

    tenant: TenantId
    position: int
    stream_id: str
    at: str


def _lead(stream_id: str, _event: object) -> list[Ids]:
    return [{"lead_id": stream_id}]


def _closed(stream_id: str, event: e.CommissionClosed | e.ClosingReported | None) -> list[Ids]:
    if event is None or event.outcome in CODES_OF_ENDS:
        return []
    return [{"lead_id": stream_id, "commission_id": event.commission_id}]


def _offered(stream_id: str, event: e.BrokerageStarted | None) -> list[Ids]:
    ids = {"lead_id": stream_id, "brokerage_id": event.brokerage_id} if event else {}
    return [
        {**ids, "offer_id": one.offer_id, "sales_partner_id": one.sales_partner_id}
        for one in (event.recipients if event and not event.one_after_another else ())
    ]


def _extended(stream_id: str, event: e.OfferExtended | None) -> list[Ids]:
    if event is None:
        return []
    ids = {"lead_id": stream_id, "brokerage_id": event.brokerage_id, "offer_id": event.offer_id}
    return [{**ids, "sales_partner_id": event.sales_partner_id}]


def _received(_stream_id: str, event: e.OfferReceived | None) -> list[Ids]:
    """A partner does not learn the lead's id before it accepts."""
    return [{"offer_id": event.offer_id, "brokerage_id": event.brokerage_id}] if event else []


def _accepted(stream_id: str, event: e.OfferAccepted | None) -> list[Ids]:
    ids = {"lead_id": stream_id}
    return [{**ids, "offer_id": event.offer_id, "commission_id": event.commission_id}] if event else []


def _won(_stream_id: str, event: e.OfferClosed | None) -> list[Ids]:
    return [{"offer_id": event.offer_id}] if event and event.status == "ACCEPTED" else []


def _failed(stream_id: str, event: e.BrokerageFailed | None) -> list[Ids]:
    return [{"lead_id": stream_id, "brokerage_id": event.brokerage_id}] if event else []


def _assigned(stream_id: str, event: e.LeadAssignedDirectly | None) -> list[Ids]:
    if event is None:
        return []
    partner = event.recipient.sales_partner_id
    return [{"lead_id": stream_id, "commission_id": event.commission_id, "sales_partner_id": partner}]


def _partner(_stream_id: str, event: Any) -> list[Ids]:
    return [{"sales_partner_id": event.sales_partner_id}] if event else []


SOURCES: Mapping[HookEvent, Mapping[type[e.Event], Read]] = {
    HookEvent.LEAD_CREATED: {e.LeadCreated: _lead},
    HookEvent.LEAD_DELETED: {e.LeadDeleted: _lead, e.LeadWithdrawn: _lead},
    HookEvent.LEAD_CLOSED: {e.CommissionClosed: _closed, e.ClosingReported: _closed},
    HookEvent.LEAD_ASSIGNED: {e.LeadAssignedDirectly: _assigned},
    HookEvent.OFFER_CREATED: {
        e.BrokerageStarted: _offered,
        e.OfferExtended: _extended,
        e.OfferReceived: _received,
    },
    HookEvent.OFFER_ACCEPTED: {e.OfferAccepted: _accepted, e.OfferClosed: _won},
    HookEvent.BROKERAGE_FAILED: {e.BrokerageFailed: _failed},
    HookEvent.PARTNER_ENDED: {e.SalesPartnerEnded: _partner, e.PartnershipOver: _partner},
    HookEvent.PARTNER_ACCEPTED: {e.SalesPartnerInvitationAccepted: _partner},
}
"""Each of the nine, with the events of the log it is told of: at the owner, and at the partner where it has a
side of it. A test holds it complete. What a partner may read no longer because a partnership ended was not
deleted: that is told once, as the end of the partnership."""

BY_COLUMNS: frozenset[Read] = frozenset({_lead})
"""Told without opening the event."""


def news_of(name: HookEvent, place: Place, kind: type[e.Event], event: e.Event | None) -> list[HookNews]:
    """Write what a hook is told of one event; nothing where that cannot be known any more."""
    told = SOURCES[name][kind](place.stream_id, event)
    return [
        HookNews.model_validate(
            {
                "event_id": str(uuid5(_NAMES, f"{place.tenant}/{place.position}/{number}")),
                "event_name": name,
                "occurred_at": place.at,
                **ids,
            }
        )
        for number, ids in enumerate(told)
    ]
