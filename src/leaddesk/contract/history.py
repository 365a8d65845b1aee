"""History and disclosures of a lead: every change, and who received which fields (measures A13, A14)."""

from typing import Literal

from leaddesk.contract.ids import DisclosureId, Urn
from leaddesk.contract.wire import Timestamp, WireModel

HistoryKind = Literal[
    "created",
    "fields-changed",
    "step-changed",
    "note-added",
    "attachment-added",
    "attachment-released",
    "attachment-quarantined",
    "share-requested",
    "share-approved",
    "share-rejected",
    "share-withdrawn",
    "share-expired",
    "offered",
    "offer-accepted",
    "offer-declined",
    "offer-missed",
    "offer-ended",
    "offer-extended",
    "offer-still-interested",
    "brokerage-failed",
    "assigned",
    "commission-started",
    "responsible-changed",
    "commission-closed",
    "commission-rated",
    "partner-step-changed",
]


class Originator(WireModel):
    """Who caused a change; for a partner the tenant's name, never the person's."""

    urn: Urn
    name: str


class FieldChange(WireModel):
    """One value before → after; absent means empty."""

    label: str
    before: str | None = None
    after: str | None = None


class HistoryEntry(WireModel):
    """``GET /leads/{id}/history``, newest first: kind, content, time, originator.

    Kinds unknown to a client are shown by name.
    """

    position: int
    at: Timestamp
    kind: HistoryKind | str
    originator: Originator
    changes: list[FieldChange] = []
    subject: str | None = None


class Disclosure(WireModel):
    """``GET /leads/{id}/disclosures``, newest first: which fields went to whom, when, decided by whom."""

    disclosure_id: DisclosureId
    at: Timestamp
    stage: Literal["before-acceptance", "after-acceptance"]
    recipient_name: str
    recipient_count: int
    market_name: str
    fields: list[str]
    decided_by_name: str
    state: Literal["offered", "accepted", "ended"]
