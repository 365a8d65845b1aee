"""The demo world in the contract's models, made when somebody asks: references to store, people to enter."""

from collections.abc import Iterable
from typing import Any

from leaddesk.contract.ids import FormId, MarketId, PipelineId, SalesPartnerId, Urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus


def policy(row: dict[str, Any]) -> TenantPolicy:
    """Make a tenant's policy."""
    return TenantPolicy(**row)


def role(name: str) -> Role:
    """Name a role."""
    return Role(name)


def rights(names: Iterable[str]) -> frozenset[Right]:
    """Name rights."""
    return frozenset(Right(name) for name in names)


def form(form_id: FormId, owner: Urn, row: dict[str, Any]) -> Form:
    """Make a form from its recipe."""
    return Form(
        id=form_id,
        name=row["name"],
        description=row["description"],
        owner=owner,
        serial=1,
        definition=FormDefinition(prospect=_block(row["prospect"]), interest=_block(row["interest"])),
    )


def pipeline(pipeline_id: PipelineId, row: dict[str, Any]) -> Pipeline:
    """Make a pipeline."""
    return Pipeline(
        sales_pipeline_id=pipeline_id, name=row["name"], steps=row["steps"], is_default=row["default"]
    )


def market(
    market_id: MarketId, pipeline_id: PipelineId, row: dict[str, Any], visibility: dict[str, list[str]]
) -> Market:
    """Make a market; ``visibility`` holds labels by how they show before and after acceptance."""
    return Market(
        market_id=market_id,
        name=row["name"],
        sales_pipeline_id=pipeline_id,
        partner_count=0,
        response_window_seconds=row["hours"] * 3600,
        approval_required=row["approval"],
        visibility=_rules(visibility),
    )


def sales_partner(partner_id: SalesPartnerId, row: dict[str, Any]) -> SalesPartner:
    """Make a partnership."""
    return SalesPartner(
        sales_partner_id=partner_id,
        name=row["name"],
        email=row["email"],
        status=SalesPartnerStatus(row["status"]),
        tags=row["tags"],
        attributes=row["attributes"],
        serial=1,
    )


def _block(rows: list[dict[str, Any]]) -> FormBlock:
    return FormBlock(
        fields={row["label"]: _field(row) for row in rows},
        required=[row["label"] for row in rows if row.get("required")],
        field_order=[row["label"] for row in rows],
    )


def _field(row: dict[str, Any]) -> FormField:
    if not row["type"].startswith("text:list"):
        return FormField(type=row["type"])
    items = row.get("choices") or list(row["items"])
    return FormField(type=row["type"], items=items, multi_select_allowed=bool(row.get("multi")))


def _rules(raw: dict[str, list[str]]) -> list[FieldRule]:
    split = ((states.split(), label) for states, labels in raw.items() for label in labels)
    return [FieldRule.model_validate({"label": label, "before": b, "after": a}) for (b, a), label in split]
