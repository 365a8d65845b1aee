"""Everything that can happen, in the past tense; frozen, encoded as JSON, stored for ever (measure A14).

An event's name is its ``kind``. Names and fields are never changed once stored; new fields get a default.
Events of a lead form one stream under the lead's id: its expected version is what lets exactly one
acceptance win. ``subject`` is the id that push names beside the lead (a share request, an offer).
"""

import msgspec

from leaddesk.server.domain.facts.attachments import AttachmentAdded, AttachmentScanned
from leaddesk.server.domain.facts.base import Event
from leaddesk.server.domain.facts.leads import (
    ClosingReported,
    CommissionClosed,
    CommissionRated,
    CommissionStarted,
    FieldsChanged,
    LeadCreated,
    LeadDeleted,
    NoteAdded,
    ResponsibleChanged,
    StepChanged,
    StepReported,
)
from leaddesk.server.domain.facts.offers import (
    AcceptanceAsked,
    GrantEnded,
    InterestShown,
    LeadReceived,
    LeadWithdrawn,
    OfferAccepted,
    OfferClosed,
    OfferDeclined,
    OfferEnded,
    OfferMissed,
    OfferReceived,
)
from leaddesk.server.domain.facts.partners import (
    PartnershipJoined,
    PartnershipOver,
    SalesPartnerChanged,
    SalesPartnerDeleted,
    SalesPartnerEnded,
    SalesPartnerInvitationAccepted,
    SalesPartnerInvitationDeclined,
    SalesPartnerInvited,
)
from leaddesk.server.domain.facts.parts import Change, Document, Granted, Line, Recipient, Steps
from leaddesk.server.domain.facts.sharing import (
    BrokerageFailed,
    BrokerageStarted,
    InterestReported,
    LeadAssignedDirectly,
    OfferExtended,
    ShareApproved,
    ShareExpired,
    ShareRejected,
    ShareRequested,
    ShareWithdrawn,
)
from leaddesk.server.domain.facts.tenant import Defined, OperatorIntervened, TenantDeleted
from leaddesk.server.domain.facts.webhooks import (
    WebhookRegistered,
    WebhookRemoved,
    WebhookSecretReplaced,
)

__all__ = [
    "KINDS",
    "AcceptanceAsked",
    "AttachmentAdded",
    "AttachmentScanned",
    "BrokerageFailed",
    "BrokerageStarted",
    "Change",
    "ClosingReported",
    "CommissionClosed",
    "CommissionRated",
    "CommissionStarted",
    "Defined",
    "Document",
    "Event",
    "FieldsChanged",
    "GrantEnded",
    "Granted",
    "InterestReported",
    "InterestShown",
    "LeadAssignedDirectly",
    "LeadCreated",
    "LeadDeleted",
    "LeadReceived",
    "LeadWithdrawn",
    "Line",
    "NoteAdded",
    "OfferAccepted",
    "OfferClosed",
    "OfferDeclined",
    "OfferEnded",
    "OfferExtended",
    "OfferMissed",
    "OfferReceived",
    "OperatorIntervened",
    "PartnershipJoined",
    "PartnershipOver",
    "Recipient",
    "ResponsibleChanged",
    "SalesPartnerChanged",
    "SalesPartnerDeleted",
    "SalesPartnerEnded",
    "SalesPartnerInvitationAccepted",
    "SalesPartnerInvitationDeclined",
    "SalesPartnerInvited",
    "ShareApproved",
    "ShareExpired",
    "ShareRejected",
    "ShareRequested",
    "ShareWithdrawn",
    "StepChanged",
    "StepReported",
    "Steps",
    "TenantDeleted",
    "WebhookRegistered",
    "WebhookRemoved",
    "WebhookSecretReplaced",
    "decode_event",
    "encode_event",
]

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}

_ENCODER = msgspec.json.Encoder()
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}


def encode_event(event: Event) -> bytes:
    """Write an event's content; the kind is stored beside it."""
    return _ENCODER.encode(event)


def decode_event(kind: str, payload: bytes) -> Event:
    """Read an event back. Raises ``KeyError`` for an unknown kind."""
    event: Event = _DECODERS[kind].decode(payload)
    return event
