"""Three tenants that trade with each other, each with people of every role and an API key.

Every text of a tenant carries its mark: ``Zqa-note-17`` is a note of the first tenant. An id belongs to
whoever was told it first. So a test can say of any answer whose things stand in it.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette

from leaddesk.contract.ids import FormId, MarketId, MemberId, PipelineId, SalesPartnerId, TenantId, tenant_urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.personal.masked import Secret
from leaddesk.server.app import build_app
from leaddesk.server.commands import setup
from leaddesk.server.commands.sweeper import sweep
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.web.edge.limits import Limits, Rate
from leaddesk.server.web.services import Vaults, build_services
from tests.support.asgi import Answer, exchange
from tests.support.storages import books_beside

TENANTS = ("a", "b", "c")
PARTNERS = {"a": ("b", "c"), "b": ("c",), "c": ("a",)}
"""Whose partners are whose: everybody owns, and everybody receives."""
OPEN, AFTER, NEVER = "Offen", "Danach", "Nie"
"""Labels: seen before acceptance, after it, never."""
LABELS = {OPEN: "open", AFTER: "after", NEVER: "never"}
PASSWORD, VERIFIER = "correct horse battery", "v" * 43
ROLES = (("admin", Role.ADMIN), ("rep", Role.REP), ("other", Role.REP), ("auditor", Role.AUDITOR))


def mark(tenant: str, kind: str, number: int) -> str:
    """Write a text that tells whose it is."""
    return f"Zq{tenant}-{kind}-{number}"


@dataclass
class Actor:
    """Somebody, or a key, acting for one tenant."""

    tenant: str
    name: str
    authorization: str = field(repr=False)


class World:
    """The server and everybody who asks it."""

    def __init__(self, storage: Storage) -> None:
        self.now = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
        self.ids = {tenant: TenantId(str(uuid.uuid4())) for tenant in TENANTS}
        keys = keys_in_memory(clock=lambda: self.now)
        self.people = People(books_beside(storage, keys), Passwords(memory_kib=64, passes=1))
        self.identity = Identity(lambda: self.now, self.people, Passwords(memory_kib=64, passes=1))
        self.storage = storage
        self.services = build_services(self.storage, self.identity, lambda: self.now, vaults=Vaults(keys))
        self.app: Starlette = build_app(self.services, Limits(Rate(0, 0), Rate(0, 0)))
        self.partner_tenants: dict[str, str] = {}
        self.partners = {tenant: set(partners) for tenant, partners in PARTNERS.items()}
        self.actors: list[Actor] = []
        self._life = AsyncExitStack()
        for tenant in TENANTS:
            self._enter(tenant)
        for tenant in TENANTS:
            self._set_up(tenant)

    async def open(self) -> None:
        """Start the background work and sign everybody in."""
        await self._life.enter_async_context(self.app.router.lifespan_context(self.app))
        for tenant in TENANTS:
            for name, _ in ROLES:
                self.actors.append(Actor(tenant, name, await self._sign_in(tenant, name)))
            key = f"key-of-{tenant}-{uuid.uuid4()}"
            record = ApiKeyRecord(
                self.ids[tenant], str(uuid.uuid4()), mark(tenant, "key", 0), frozenset(Right)
            )
            self.people.api_keys.add(record, Secret(key))
            self.actors.append(Actor(tenant, "key", key))

    async def close(self) -> None:
        """End the background work and what it holds."""
        await self._life.aclose()
        self.identity.close()
        self.storage.close()

    async def renew(self, actor: Actor) -> None:
        """Sign in again after a token ran out; a key that was revoked stays revoked."""
        if actor.name != "key":
            actor.authorization = await self._sign_in(actor.tenant, actor.name)

    async def pass_time(self, minutes: int) -> None:
        """Move the clock and do what is due then."""
        self.now += timedelta(minutes=minutes)
        sweep(self.services.office)
        await asyncio.sleep(0)

    async def _sign_in(self, tenant: str, name: str) -> str:
        email = f"{mark(tenant, name, 0)}@x.example"
        asked = (
            f'{{"email": "{email}", "password": "{PASSWORD}", "codeChallenge": "{challenge_of(VERIFIER)}"}}'
        )
        code = (await self._post("/oauth/challenge", asked, "application/json")).json()["authorization_code"]
        fields = f"grant_type=authorization_code&code={code}&code_verifier={VERIFIER}&client_id={CLIENT_ID}"
        answer = await self._post("/oauth/token", fields, "application/x-www-form-urlencoded")
        return f"Bearer {answer.json()['access_token']}"

    async def _post(self, path: str, body: str, kind: str) -> Answer:
        return await exchange(self.app, "POST", path, headers={"content-type": kind}, body=body.encode())

    def _enter(self, tenant: str) -> None:
        visible = "all" if tenant == "a" else "own-and-unassigned"
        policy = TenantPolicy(leads_visible_to_reps=visible)
        self.people.add_tenant(TenantRecord(self.ids[tenant], mark(tenant, "firm", 0), policy))
        for name, role in ROLES:
            extra = frozenset({Right.LEAD_DELETE}) if role is Role.REP else frozenset()
            member = PersonRecord(
                self.ids[tenant],
                MemberId(str(uuid.uuid4())),
                mark(tenant, "person", 0),
                f"{mark(tenant, name, 0)}@x.example",
                role,
                extra,
            )
            self.people.add_person(member, Secret(PASSWORD))

    def _set_up(self, tenant: str) -> None:
        office, scope = self.services.office, Scope(self.ids[tenant])
        setup.define_form(office, scope, self._form(tenant))
        pipeline = Pipeline(
            sales_pipeline_id=PipelineId(str(uuid.uuid4())),
            name=mark(tenant, "pipeline", 0),
            steps=["Neu", "Kontakt", "Angebot"],
            is_default=True,
        )
        setup.define_pipeline(office, scope, pipeline)
        for number in range(2):
            setup.define_market(office, scope, self._market(tenant, number, pipeline.sales_pipeline_id))
        for partner in PARTNERS[tenant]:
            partner_id = SalesPartnerId(str(uuid.uuid4()))
            self.partner_tenants[partner_id] = partner
            told = SalesPartner(
                sales_partner_id=partner_id,
                name=mark(partner, "firm", 0),
                email=f"{mark(tenant, 'partnermail', 0)}@x.example",
                status=SalesPartnerStatus.ACTIVE,
                serial=1,
            )
            setup.add_sales_partner(office, scope, told, self.ids[partner])

    def _form(self, tenant: str) -> Form:
        fields = {label: FormField(type="text:singleline") for label in LABELS}
        blocks: dict[str, Any] = {name: FormBlock(fields=fields) for name in ("prospect", "interest")}
        return Form(
            id=FormId(str(uuid.uuid4())),
            name=mark(tenant, "form", 0),
            owner=tenant_urn(self.ids[tenant]),
            serial=1,
            definition=FormDefinition(**blocks),
        )

    def _market(self, tenant: str, number: int, pipeline: PipelineId) -> Market:
        return Market(
            market_id=MarketId(str(uuid.uuid4())),
            name=mark(tenant, "market", number),
            sales_pipeline_id=pipeline,
            partner_count=0,
            response_window_seconds=4 * 3600,
            approval_required=number == 0,
            visibility=[
                FieldRule(label=OPEN, before="visible"),
                FieldRule(label=AFTER, before="hidden"),
            ],
        )
