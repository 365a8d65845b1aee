"""The fixed part of the demo world: tenants, people, forms, pipelines, markets, partnerships.

Ids are UUIDs of names (RFC 9562, version 5), so that they never change between runs or sizes. The contract's
models of all this are made when somebody asks (``seed.models``): a process that only draws leads needs none.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from leaddesk.contract.ids import (
    FormId,
    MarketId,
    MemberId,
    PipelineId,
    SalesPartnerId,
    TenantId,
    Urn,
    tenant_urn,
)
from leaddesk.server.seed.sources import folded, source

if TYPE_CHECKING:
    from leaddesk.contract.leads import Form, Pipeline
    from leaddesk.contract.markets import Market
    from leaddesk.contract.people import Right, Role, TenantPolicy
    from leaddesk.contract.sales_partners import SalesPartner

_SPACE = UUID("6c656164-6465-736b-8000-64656d6f0000")

Row = dict[str, Any]
"""An entry of a data file."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One firm of the demo; ``website_key`` is the id of the API key that enters its enquiries."""

    key: str
    tenant_id: TenantId
    name: str
    website_key: str
    row: Row = field(repr=False, hash=False)

    @property
    def policy(self) -> "TenantPolicy":
        """What it asks of every workstation."""
        from leaddesk.server.seed.models import policy

        return policy(self.row["policy"])


@dataclass(frozen=True, slots=True)
class Person:
    """A member of one tenant; ``works`` is the share of the tenant's leads this person has."""

    key: str
    tenant: str
    member_id: MemberId
    name: str
    email: str
    works: int
    row: Row = field(repr=False, hash=False)

    @property
    def role(self) -> "Role":
        """The role in the tenant."""
        from leaddesk.server.seed.models import role

        return role(self.row["role"])

    @property
    def extra_rights(self) -> "frozenset[Right]":
        """Rights beside those of the role."""
        from leaddesk.server.seed.models import rights

        return rights(self.row.get("rights", ()))


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form of a tenant and the index of its recipe in ``forms.json``."""

    tenant: str
    recipe: int
    form_id: FormId
    owner: Urn

    @property
    def row(self) -> Row:
        """Its entry in ``forms.json``."""
        row: Row = source("forms")["forms"][self.recipe]
        return row

    @property
    def form(self) -> "Form":
        """The form as the contract has it."""
        from leaddesk.server.seed.models import form

        return form(self.form_id, self.owner, self.row)


@dataclass(frozen=True, slots=True)
class PipelinePlan:
    """A pipeline of a tenant."""

    key: str
    tenant: str
    pipeline_id: PipelineId
    row: Row = field(repr=False, hash=False)

    @property
    def pipeline(self) -> "Pipeline":
        """The pipeline as the contract has it."""
        from leaddesk.server.seed.models import pipeline

        return pipeline(self.pipeline_id, self.row)


@dataclass(frozen=True, slots=True)
class MarketPlan:
    """A market of a tenant; its offers go to every active partner."""

    key: str
    tenant: str
    market_id: MarketId
    pipeline_id: PipelineId
    row: Row = field(repr=False, hash=False)

    @property
    def market(self) -> "Market":
        """The market as the contract has it."""
        from leaddesk.server.seed.models import market

        return market(self.market_id, self.pipeline_id, self.row, source("world")["visibility"])


@dataclass(frozen=True, slots=True)
class Partnership:
    """A sales partner of ``owner``; ``partner`` is the tenant behind it, if it is on this server."""

    owner: str
    partner: str | None
    sales_partner_id: SalesPartnerId
    row: Row = field(repr=False, hash=False)

    @property
    def sales_partner(self) -> "SalesPartner":
        """The partnership as the contract has it."""
        from leaddesk.server.seed.models import sales_partner

        return sales_partner(self.sales_partner_id, self.row)


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

    def default_pipeline(self, tenant: str) -> PipelinePlan:
        """Return the pipeline on which a tenant works its own leads."""
        return next(plan for plan in self.pipelines if plan.tenant == tenant and plan.row["default"])


def fixed_id(name: str) -> str:
    """Return the UUID that this name always has."""
    return str(uuid5(_SPACE, name))


def build_world() -> World:
    """Read ``world.json`` and ``forms.json``."""
    raw = source("world")
    tenants = tuple(_tenant(row) for row in raw["tenants"])
    return World(
        tenants=tenants,
        people=tuple(_person(row) for row in raw["people"]),
        forms=tuple(
            FormPlan(
                tenant.key,
                index,
                FormId(fixed_id(f"{tenant.key}/form/{row['name']}")),
                tenant_urn(tenant.tenant_id),
            )
            for tenant in tenants
            for index, row in enumerate(source("forms")["forms"])
            if tenant.key in row["tenants"]
        ),
        pipelines=tuple(
            PipelinePlan(row["key"], row["tenant"], _pipeline_id(row["key"]), row) for row in raw["pipelines"]
        ),
        markets=tuple(_market(row) for row in raw["markets"]),
        partnerships=tuple(_partnership(row) for row in raw["partnerships"]),
    )


def _tenant(row: Row) -> Tenant:
    key = row["key"]
    return Tenant(key, TenantId(fixed_id(key)), row["name"], fixed_id(f"{key}/api-key"), row)


def _person(row: Row) -> Person:
    key = ".".join(folded(part) for part in row["name"].split())
    email = f"{key}@{row['tenant']}.example"
    member = MemberId(fixed_id(f"{row['tenant']}/{key}"))
    return Person(key, row["tenant"], member, row["name"], email, row["works"], row)


def _pipeline_id(key: str) -> PipelineId:
    return PipelineId(fixed_id(f"pipeline/{key}"))


def _market(row: Row) -> MarketPlan:
    market_id = MarketId(fixed_id(f"market/{row['key']}"))
    return MarketPlan(row["key"], row["tenant"], market_id, _pipeline_id(row["pipeline"]), row)


def _partnership(row: Row) -> Partnership:
    partner_id = SalesPartnerId(fixed_id(f"partnership/{row['owner']}/{row['name']}"))
    return Partnership(row["owner"], row["partner"], partner_id, row)
