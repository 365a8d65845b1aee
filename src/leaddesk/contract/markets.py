"""Markets: where leads are offered, and which fields a partner sees before and after acceptance."""

from typing import Literal

from leaddesk.contract.ids import BrokerageId, LeadId, MarketId, PipelineId
from leaddesk.contract.wire import WireModel, WireRequest

Visibility = Literal["visible", "masked", "hidden"]


Distribution = Literal["all-at-once", "one-after-another"]
"""Whom a market offers a lead to: every active partner together, or each in turn until one accepts."""


class FieldRule(WireModel):
    """What partners see of one label. Labels without a rule stay in the house."""

    label: str
    before: Visibility
    after: Literal["visible", "hidden"] = "visible"


class Market(WireModel):
    """``GET /markets``."""

    market_id: MarketId
    name: str
    sales_pipeline_id: PipelineId
    partner_count: int
    response_window_seconds: int
    approval_required: bool
    distribution: Distribution = "all-at-once"
    visibility: list[FieldRule]


class DisclosedField(WireModel):
    """One line of a document for partners; ``value`` is absent when hidden, shortened when masked."""

    label: str
    state: Visibility
    value: str | None = None


class DisclosedDocument(WireModel):
    """What a partner sees, in order; frozen when the share is approved."""

    title: str
    place: str | None = None
    fields: list[DisclosedField]


class ShareField(WireModel):
    """One field of the lead with what would become of it, for preview and approval."""

    label: str
    value: str
    before: Visibility
    after: Visibility


class CreateBrokerageRequest(WireRequest):
    """``POST /markets/{id}/brokerages``: offer a lead on the market."""

    lead_id: LeadId


class CreatedBrokerage(WireModel):
    """The answer: the running offer of the lead."""

    brokerage_id: BrokerageId


class SharePreviewRequest(WireRequest):
    """``POST /markets/{id}/preview``: ask what partners would see; nothing is stored."""

    lead_id: LeadId
    fields: list[str] | None = None


class SharePreview(WireModel):
    """Exactly the documents an approval would freeze, made by the same code."""

    lead_serial: int
    before: DisclosedDocument
    after: DisclosedDocument
    fields: list[ShareField]
    note_count: int
    partner_count: int
