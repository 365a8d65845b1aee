"""Everything that can happen, in the past tense; frozen, encoded as JSON, stored for ever (measure A14).

An event's name is its ``kind``. Names and fields are never changed once stored; new fields get a default.
Events of a lead form one stream under the lead's id: its expected version is what lets exactly one
acceptance win. ``subject`` is the id that push names beside the lead (a share request, an offer).
"""

from typing import Any

import msgspec

from leaddesk.contract.ids import (
    BrokerageId,
    CommissionId,
    FormId,
    LeadId,
    MarketId,
    NoteId,
    OfferId,
    PipelineId,
    SalesPartnerId,
    ShareRequestId,
    TenantId,
    Urn,
)
from leaddesk.contract.rows import FieldList, LeadRow


class Event(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of all events; its ``repr`` shows the kind only (guarantee A8)."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @property
    def subject(self) -> str | None:
        """Name what push names beside the lead."""
        return getattr(self, "share_request_id", None) or getattr(self, "offer_id", None)


class Steps(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline as it was when a commission started on it."""

    sales_pipeline_id: PipelineId
    name: str
    steps: list[str]


class Line(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One line of a frozen document; mirrors ``contract.markets.DisclosedField``."""

    label: str
    state: str
    value: str | None = None


class Document(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a partner sees; mirrors ``contract.markets.DisclosedDocument``."""

    title: str
    fields: list[Line]
    place: str | None = None


class Granted(msgspec.Struct, frozen=True, rename="camel"):
    """The document after acceptance, with the field lists that a partner's lead row shows."""

    document: Document
    prospect: FieldList
    interest: FieldList


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    """One partner of a brokerage and the offer made to it."""

    offer_id: OfferId
    sales_partner_id: SalesPartnerId
    tenant_id: TenantId
    name: str


class Change(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One value of one block before → after; an absent side means that there was, or is, no such field."""

    block: str
    label: str
    type: str
    before: Any = None
    after: Any = None


class LeadCreated(Event, frozen=True):
    """``row`` is last, so that the stored bytes end with the encoded row (projection ``doc``)."""

    form_id: FormId
    row: LeadRow


class FieldsChanged(Event, frozen=True):
    """Values of the lead changed."""

    changes: list[Change]


class NoteAdded(Event, frozen=True):
    """The journal grew. Does not touch the serial."""

    note_id: NoteId
    text: str
    intern: bool


class CommissionStarted(Event, frozen=True):
    """Somebody has the mandate: a member, or a sales partner after acceptance."""

    commission_id: CommissionId
    responsible: Urn
    pipeline: Steps
    step: str


class CommissionClosed(Event, frozen=True):
    """The mandate ended, here because a partner's begins."""

    commission_id: CommissionId
    outcome: str


class StepChanged(Event, frozen=True):
    """A member of this tenant moved the lead."""

    commission_id: CommissionId
    before: str
    after: str


class StepReported(Event, frozen=True):
    """The partner that works the lead moved it in its own log; told by the relay."""

    commission_id: CommissionId
    before: str
    after: str


class LeadDeleted(Event, frozen=True):
    """Erased for ever. What stays: lead id, time, actor, receiving tenants (measure A9)."""

    recipients: list[TenantId]


class ShareRequested(Event, frozen=True):
    """A rep asks to offer the lead on a market."""

    share_request_id: ShareRequestId
    market_id: MarketId
    market_name: str
    expires_at: str
    reason: str = ""
    fields: list[str] | None = None


class ShareApproved(Event, frozen=True):
    """Four eyes, or the market asks for none; the brokerage starts with it."""

    share_request_id: ShareRequestId
    brokerage_id: BrokerageId


class ShareRejected(Event, frozen=True):
    """An admin said no."""

    share_request_id: ShareRequestId
    reason: str


class ShareWithdrawn(Event, frozen=True):
    """The requester took it back."""

    share_request_id: ShareRequestId


class ShareExpired(Event, frozen=True):
    """Nobody decided in time."""

    share_request_id: ShareRequestId


class BrokerageStarted(Event, frozen=True):
    """The lead is offered to every active partner at once; both documents are frozen in here."""

    brokerage_id: BrokerageId
    market_id: MarketId
    market_name: str
    pipeline: Steps
    deadline_at: str
    decided_by: Urn
    recipients: list[Recipient]
    before: Document
    after: Granted


class OfferAccepted(Event, frozen=True):
    """Exactly one partner wins."""

    offer_id: OfferId
    commission_id: CommissionId


class OfferDeclined(Event, frozen=True):
    """A partner said no; the reason crosses, the person does not."""

    offer_id: OfferId
    reason: str


class OfferMissed(Event, frozen=True):
    """The deadline passed."""

    offer_id: OfferId


class OfferEnded(Event, frozen=True):
    """Another partner was quicker."""

    offer_id: OfferId


class OfferReceived(Event, frozen=True):
    """In the partner's log: a chance with a deadline. Ids and firm's words only, the document lies apart."""

    offer_id: OfferId
    owner_id: TenantId
    lead_id: LeadId
    brokerage_id: BrokerageId
    market_name: str
    deadline_at: str


class AcceptanceAsked(Event, frozen=True):
    """In the partner's log, before the owner's log decides: who wants it. The actor is the member."""

    offer_id: OfferId


class OfferClosed(Event, frozen=True):
    """In the partner's log: the offer's end, as the owner's log has it."""

    offer_id: OfferId
    status: str
    reason: str | None = None


class LeadReceived(Event, frozen=True):
    """In the partner's log, the first event of the granted lead's stream: a right to read, not a copy."""

    offer_id: OfferId
    owner_id: TenantId
    brokerage_id: BrokerageId
    commission_id: CommissionId
    responsible: Urn
    pipeline: Steps
    step: str


class LeadWithdrawn(Event, frozen=True):
    """In the partner's log: the owner erased the lead, the right to read is gone."""


class Defined(Event, frozen=True):
    """In the tenant's own stream: a form, pipeline, market or partnership was set; ``doc`` is the whole."""

    area: str
    id: str
    doc: dict[str, Any]


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
