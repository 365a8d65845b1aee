"""One lead in full, its forms, and the commission that works it (contract, "Core: facts" and "Steps")."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from leaddesk.contract.ids import CommissionId, FormId, LeadId, PipelineId, SalesPartnerId, Urn
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

FieldValue = bool | str | list[str] | None


class FieldEntry(WireModel):
    """A value with its form type."""

    type: str
    value: Any = None


class FieldBlock(WireModel):
    """``prospect`` or ``interest`` of one lead."""

    fields: dict[str, FieldEntry]
    field_order: list[str] | None = None
    required: list[str] = []


class LeadHead(WireModel):
    """Who owns the lead and which serial it has; the serial counts changes of fields and step, not notes."""

    lead_id: LeadId
    serial: int
    owner: Urn
    created_at: Timestamp
    modified_at: Timestamp


class Commission(WireModel):
    """The mandate to work a lead. Not money."""

    commission_id: CommissionId
    responsible: Urn
    started_at: Timestamp
    step: str
    closed_at: Timestamp | None = None
    outcome: str | None = None
    sales_pipeline_id: PipelineId | None = None


class Lead(WireModel):
    """``GET /leads/{id}``: one lead with both blocks and the running commission."""

    modified_at: Timestamp
    lead: LeadHead
    prospect: FieldBlock
    interest: FieldBlock
    commission: Commission | None = None


class CreatedLead(Lead):
    """The answer to ``POST /leads``: the lead as ``GET`` would show it, and its id once more at the top."""

    lead_id: LeadId


Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FieldEntryRequest(WireRequest):
    """A value as it is sent. A form's ``items`` and ``multiSelectAllowed`` may come along, unread."""

    type: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    value: Any = None
    items: list[str] | None = None
    multi_select_allowed: bool | None = None


class FieldBlockRequest(WireRequest):
    """A block as it is sent: the whole list. ``required`` may come back from ``GET``, unread."""

    fields: Annotated[dict[Label, FieldEntryRequest], Field(max_length=500)]
    field_order: Annotated[list[Label], Field(max_length=1_000)] | None = None
    required: list[str] | None = None


class CreateLeadRequest(WireRequest):
    """``POST /leads``: no form is named; the first of ``GET /forms`` that holds every sent label is taken."""

    prospect: FieldBlockRequest | None = None
    interest: FieldBlockRequest | None = None


class PatchLeadRequest(WireRequest):
    """``PATCH /leads/{id}``: a list that is there replaces the whole list; fields left out are deleted."""

    prospect: FieldBlockRequest | None = None
    interest: FieldBlockRequest | None = None


class Duplicate(WireModel):
    """``GET /leads/{id}/duplicates``: another lead with the same e-mail address or phone number."""

    lead_id: LeadId
    matches: list[Literal["email", "phone"]]
    created_at: Timestamp


class CreateCommissionRequest(WireRequest):
    """``POST /leads/{id}/commissions``: assign directly; without a pipeline the tenant's default one."""

    sales_partner_id: SalesPartnerId
    sales_pipeline_id: PipelineId | None = None


class CreatedCommission(WireModel):
    """The answer to a direct assignment."""

    commission_id: CommissionId


class FormField(WireModel):
    """How a form defines one label."""

    type: str
    value: Any = None
    items: list[str] | None = None
    multi_select_allowed: bool | None = None


class FormBlock(WireModel):
    """One block of a form."""

    fields: dict[str, FormField]
    required: list[str] = []
    field_order: list[str] | None = None


class FormDefinition(WireModel):
    """Both blocks of a form."""

    prospect: FormBlock
    interest: FormBlock


class Form(WireModel):
    """``GET /forms``: defines the fields of leads; keys are visible labels."""

    id: FormId
    name: str
    description: str = ""
    owner: Urn
    serial: int
    definition: FormDefinition


class StepChangeRequest(WireRequest):
    """``POST /leads/{id}/commission/step``: move a lead to a step of its pipeline.

    The header ``x-serial`` carries the lead serial the person saw; a stale one is a 409 with the
    ``currentSerial``.
    """

    step: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Pipeline(WireModel):
    """``GET /pipelines``: the ordered steps a commission passes."""

    sales_pipeline_id: PipelineId
    name: str
    steps: Annotated[list[str], Field(min_length=1)]
    is_default: bool = False
