"""The fixed part of the demo world: tenants, people, forms, pipelines, markets, partnerships.

Ids are UUIDs of names (RFC 9562, version 5), so that they never change between runs or sizes.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from leaddesk.contract.ids import FormId, MarketId, MemberId, PipelineId, SalesPartnerId, TenantId, tenant_urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.server.seed.sources import folded, source

_SPACE = UUID("6c656164-6465-736b-8000-64656d6f0000")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One firm of the demo; ``website_key`` is the id of the API key that enters its enquiries."""

    key: str
    tenant_id: TenantId
    name: str
    policy: TenantPolicy
    website_key: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of one tenant; ``works`` is the share of the tenant's leads this person has."""

    key: str
    tenant: str
    member_id: MemberId
    name: str
    email: str
    role: Role
    extra_rights: frozenset[Right]
    works: int


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form of a tenant and the index of its recipe in ``forms.json``."""

    tenant: str
    recipe: int
    form: Form


@dataclass(frozen=True, slots=True)
class PipelinePlan:
    """A pipeline of a tenant."""

    key: str
    tenant: str
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class MarketPlan:
    """A market of a tenant; its offers go to every active partner."""

    key: str
    tenant: str
    market: Market


@dataclass(frozen=True, slots=True)
class Partnership:
    """A sales partner of ``owner``; ``partner`` is the tenant behind it, if it is on this server."""

    owner: str
    partner: str | None
    sales_partner: SalesPartner


@dataclass(frozen=True, slots=True)
class World:
    """Everything but the leads."""

    tenants: tuple[Tenant, ...]
    people: tuple[Person, ...]
    forms: tuple[FormPlan, ...]
    pipelines: tuple[PipelinePlan, ...]
    markets: tuple[MarketPlan, ...]
    partnerships: tuple[Partnership, ...]

    def tenant(self, key: str) -> Tenant:
        """Return a tenant by key. Raises ``KeyError``."""
        return {tenant.key: tenant for tenant in self.tenants}[key]

    def market(self, key: str) -> MarketPlan:
        """Return a market by key. Raises ``KeyError``."""
        return {plan.key: plan for plan in self.markets}[key]

    def person(self, key: str) -> Person:
        """Return a person by key, ``"maren.boysen"``. Raises ``KeyError``."""
        return {person.key: person for person in self.people}[key]

    def people_of(self, tenant: str) -> tuple[Person, ...]:
        """Return the members of a tenant."""
        return tuple(person for person in self.people if person.tenant == tenant)

    def forms_of(self, tenant: str) -> tuple[FormPlan, ...]:
        """Return the forms of a tenant in their order: the first that fits a new lead is taken."""
        return tuple(plan for plan in self.forms if plan.tenant == tenant)

    def default_pipeline(self, tenant: str) -> Pipeline:
        """Return the pipeline on which a tenant works its own leads."""
        return next(p.pipeline for p in self.pipelines if p.tenant == tenant and p.pipeline.is_default)


def fixed_id(name: str) -> str:
    """Return the UUID that this name always has."""
    return str(uuid5(_SPACE, name))


def build_world() -> World:
    """Read ``world.json`` and ``forms.json``."""
    raw = source("world")
    tenants = tuple(
        Tenant(
            t["key"],
            TenantId(fixed_id(t["key"])),
            t["name"],
            TenantPolicy(**t["policy"]),
            fixed_id(f"{t['key']}/api-key"),
        )
        for t in raw["tenants"]
    )
    return World(
        tenants=tenants,
        people=tuple(_person(row) for row in raw["people"]),
        forms=tuple(
            FormPlan(tenant.key, index, _form(tenant, row))
            for tenant in tenants
            for index, row in enumerate(source("forms")["forms"])
            if tenant.key in row["tenants"]
        ),
        pipelines=tuple(_pipeline(row) for row in raw["pipelines"]),
        markets=tuple(_market(row, _rules(raw["visibility"])) for row in raw["markets"]),
        partnerships=tuple(_partnership(row) for row in raw["partnerships"]),
    )


def _person(row: dict[str, Any]) -> Person:
    key = ".".join(folded(part) for part in row["name"].split())
    rights = frozenset(Right(right) for right in row.get("rights", ()))
    email = f"{key}@{row['tenant']}.example"
    member = MemberId(fixed_id(f"{row['tenant']}/{key}"))
    return Person(key, row["tenant"], member, row["name"], email, Role(row["role"]), rights, row["works"])


def _form(tenant: Tenant, row: dict[str, Any]) -> Form:
    return Form(
        id=FormId(fixed_id(f"{tenant.key}/form/{row['name']}")),
        name=row["name"],
        description=row["description"],
        owner=tenant_urn(tenant.tenant_id),
        serial=1,
        definition=FormDefinition(prospect=_block(row["prospect"]), interest=_block(row["interest"])),
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


def _pipeline(row: dict[str, Any]) -> PipelinePlan:
    pipeline = Pipeline(
        sales_pipeline_id=PipelineId(fixed_id(f"pipeline/{row['key']}")),
        name=row["name"],
        steps=row["steps"],
        is_default=row["default"],
    )
    return PipelinePlan(row["key"], row["tenant"], pipeline)


def _rules(raw: dict[str, list[str]]) -> list[FieldRule]:
    split = ((states.split(), label) for states, labels in raw.items() for label in labels)
    return [FieldRule.model_validate({"label": label, "before": b, "after": a}) for (b, a), label in split]


def _market(row: dict[str, Any], rules: list[FieldRule]) -> MarketPlan:
    market = Market(
        market_id=MarketId(fixed_id(f"market/{row['key']}")),
        name=row["name"],
        sales_pipeline_id=PipelineId(fixed_id(f"pipeline/{row['pipeline']}")),
        partner_count=0,
        response_window_seconds=row["hours"] * 3600,
        approval_required=row["approval"],
        visibility=rules,
    )
    return MarketPlan(row["key"], row["tenant"], market)


def _partnership(row: dict[str, Any]) -> Partnership:
    partner = SalesPartner(
        sales_partner_id=SalesPartnerId(fixed_id(f"partnership/{row['owner']}/{row['name']}")),
        name=row["name"],
        email=row["email"],
        status=SalesPartnerStatus(row["status"]),
        tags=row["tags"],
        attributes=row["attributes"],
        serial=1,
    )
    return Partnership(row["owner"], row["partner"], partner)
