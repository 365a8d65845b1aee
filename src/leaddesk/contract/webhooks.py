"""Webhooks: what a tenant's own systems are told, as ids only (contract, "Core")."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from leaddesk.contract.ids import BrokerageId, CommissionId, HookId, LeadId, OfferId, SalesPartnerId
from leaddesk.contract.patterns import CREDENTIAL
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest


class HookEvent(StrEnum):
    """The platform's own names, verbatim."""

    BROKERAGE_FAILED = "BrokerageFailedEvent"
    LEAD_ASSIGNED = "LeadAssignedDirectly"
    LEAD_CLOSED = "LeadClosed"
    LEAD_CREATED = "LeadCreated"
    LEAD_DELETED = "LeadDeleted"
    OFFER_ACCEPTED = "LeadOfferAcceptedEvent"
    OFFER_CREATED = "LeadOfferCreatedEvent"
    PARTNER_ENDED = "SalesPartnerEnded"
    PARTNER_ACCEPTED = "SalesPartnerInvitationAccepted"


class WebhookRequest(WireRequest):
    """``POST /webhooks``. ``apiKey`` is sent with each delivery, bare in ``Authorization``."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    event_name: HookEvent
    api_key: Annotated[str, StringConstraints(pattern=CREDENTIAL)] | None = None
    description: Annotated[str, StringConstraints(max_length=500)] | None = None


class WebhookCreated(WireModel):
    """Answer to ``POST /webhooks``."""

    hook_id: HookId


class Webhook(WireModel):
    """``GET /webhooks``: no secret, and of the address only where it leads, for paths may be secrets."""

    hook_id: HookId
    event_name: HookEvent
    origin: str
    description: str | None = None
    created_at: Timestamp
    failed_attempts: int
    dead_letters: int


class WebhookSecret(WireModel):
    """``POST /webhooks/{hookId}/secret``: what deliveries are signed with from now on; shown once."""

    secret: str


class HookNews(WireModel):
    """The body of a delivery. The same ``eventId`` again is the same event: deliveries may repeat."""

    event_id: str
    event_name: HookEvent
    occurred_at: Timestamp
    lead_id: LeadId | None = None
    brokerage_id: BrokerageId | None = None
    offer_id: OfferId | None = None
    commission_id: CommissionId | None = None
    sales_partner_id: SalesPartnerId | None = None


class DeadLetter(HookNews):
    """What could not be delivered: ids, and a code that says why."""

    died_at: Timestamp
    attempts: int
    reason: str
    redelivering: bool
