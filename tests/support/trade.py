"""A small trade: one manufacturer, two partners, their people, and the real server over ASGI.

Every value of the lead carries a marker, so that a test can tell where it went.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from leaddesk.contract.ids import (
    CommissionId,
    FormId,
    LeadId,
    MarketId,
    MemberId,
    PipelineId,
    SalesPartnerId,
    TenantId,
    Urn,
    member_urn,
    tenant_urn,
)
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow, encode_row
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.contract.wire import format_time
from leaddesk.personal.masked import Secret
from leaddesk.server.app import build_app
from leaddesk.server.commands import setup
from leaddesk.server.eventlog.bulk import SeedLead, write_leads
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.oversight.sqlite import SqliteAccess
from leaddesk.server.oversight.storage import AccessStorage
from leaddesk.server.web.services import Vaults, build_services
from tests.support.storages import books_beside

PASSWORD, VERIFIER = "correct horse battery", "v" * 43
STEPS = ["Neu", "Kontakt", "Angebot"]
PROSPECT = {
    "Vorname": "Anna",
    "Nachname": "Meyer",
    "Telefon": "0171 39200 42",
    "E-Mail": "anna.meyer@example.de",
    "PLZ": "24103",
    "Ort": "Kiel",
}
INTEREST = {"Interesse": "Wärmepumpe", "Gebäude": "Einfamilienhaus", "Budget": "12000"}
RULES = [
    FieldRule(label="Interesse", before="visible"),
    FieldRule(label="Gebäude", before="visible"),
    FieldRule(label="PLZ", before="masked"),
    FieldRule(label="Ort", before="hidden"),
    FieldRule(label="Vorname", before="hidden"),
    FieldRule(label="Nachname", before="masked"),
    FieldRule(label="Telefon", before="hidden"),
]


def new_id() -> str:
    """Make an id."""
    return str(uuid.uuid4())


class Trade:
    """The server, its clock, the tenants and whoever is signed in."""

    def __init__(
        self,
        keys: Envelope | None = None,
        storage: Storage | None = None,
        accesses: AccessStorage | None = None,
    ) -> None:
        self.now = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
        self.wagner, self.nord, self.lorenzen = (TenantId(new_id()) for _ in range(3))
        self.form, self.pipeline = FormId(new_id()), PipelineId(new_id())
        self.market, self.free_market = MarketId(new_id()), MarketId(new_id())
        self.keys = keys or keys_in_memory(clock=lambda: self.now)
        self.storage: Any = storage or MemoryStorage()
        passwords = Passwords(memory_kib=64, passes=1)
        self.people = People(books_beside(self.storage, self.keys), passwords)
        self.members: dict[str, MemberId] = {}
        self.identity = Identity(lambda: self.now, self.people, passwords)
        vaults = Vaults(self.keys, accesses or SqliteAccess())
        self.services = build_services(self.storage, self.identity, lambda: self.now, vaults=vaults)
        self.app = build_app(self.services)
        self.clients: list[httpx.AsyncClient] = []
        self._enter()
        self._set_up()

    def on_disk(self) -> bytes:
        """Return log and people as one would find them on a disk; on PostgreSQL they lie in one database."""
        kept = (self.storage, self.people.books.storage)
        return b"".join(one.dump() for one in kept if hasattr(one, "dump"))

    def restore(self, backup: bytes) -> None:
        """Bring the log and all that follows from it back to the moment of a dump; keys and people stay."""
        if hasattr(self.storage, "restore"):
            self.storage.restore(backup)
            return
        with self.storage._turn:
            self.storage._connection.deserialize(backup)

    def urn(self, name: str) -> Urn:
        """Name a person as an originator."""
        return member_urn(self.members[name])

    def _enter(self) -> None:
        shows_all = TenantPolicy(leads_visible_to_reps="all")
        self.people.add_tenant(TenantRecord(self.wagner, "Wagner AG", shows_all))
        self.people.add_tenant(TenantRecord(self.nord, "Solar Nord GmbH"))
        self.people.add_tenant(TenantRecord(self.lorenzen, "Lorenzen GmbH"))
        for tenant, name, role in (
            (self.wagner, "Maren Boysen", Role.REP),
            (self.wagner, "Jens Kröger", Role.REP),
            (self.wagner, "Thomas Lüders", Role.ADMIN),
            (self.nord, "Björn Hansen", Role.REP),
            (self.nord, "Imke Petersen", Role.ADMIN),
            (self.nord, "Ole Jessen", Role.REP),
            (self.lorenzen, "Finn Lorenzen", Role.ADMIN),
            (self.lorenzen, "Svea Carstens", Role.AUDITOR),
        ):
            self._add_person(tenant, name, role)

    def _add_person(self, tenant: TenantId, name: str, role: Role) -> None:
        first = name.partition(" ")[0]
        self.members[first] = MemberId(new_id())
        extra = frozenset({Right.LEAD_DELETE}) if first == "Jens" else frozenset()
        record = PersonRecord(tenant, self.members[first], name, f"{first.lower()}@x.example", role, extra)
        self.people.add_person(record, Secret(PASSWORD))

    def add_admin(self, tenant: TenantId, name: str) -> None:
        """Enter one more admin."""
        self._add_person(tenant, name, Role.ADMIN)

    def grant_deletion(self, first: str) -> None:
        """Give a member the right to delete."""
        tenants = (self.wagner, self.nord, self.lorenzen)
        (old,) = (one for tenant in tenants if (one := self._person(tenant, first)) is not None)
        new = replace(old, extra_rights=frozenset({Right.LEAD_DELETE}))
        self.people.add_person(new, Secret(PASSWORD))

    def _person(self, tenant: TenantId, first: str) -> PersonRecord | None:
        return self.people.person(tenant, self.members[first])

    def policy(self, tenant: TenantId, visible: str) -> None:
        """Set which leads reps receive."""
        name = self.people.tenant(tenant).name
        self.people.add_tenant(TenantRecord(tenant, name, TenantPolicy(leads_visible_to_reps=visible)))

    def _set_up(self) -> None:
        office, scope = self.services.office, Scope(self.wagner)
        block = {
            name: FormBlock(
                fields={label: FormField(type="text:singleline") for label in fields}, required=[]
            )
            for name, fields in (("prospect", PROSPECT), ("interest", INTEREST))
        }
        definition = FormDefinition(**block)
        form = Form(id=self.form, name="Form", owner=tenant_urn(self.wagner), serial=1, definition=definition)
        setup.define_form(office, scope, form)
        for tenant in (self.wagner, self.nord, self.lorenzen):
            pipeline_id = self.pipeline if tenant == self.wagner else PipelineId(new_id())
            pipeline = Pipeline(sales_pipeline_id=pipeline_id, name="Standard", steps=STEPS, is_default=True)
            setup.define_pipeline(office, Scope(tenant), pipeline)
        for market_id, name, approval in (
            (self.market, "Wärme Nord", True),
            (self.free_market, "Solar Küste", False),
        ):
            setup.define_market(office, scope, self._market(market_id, name, approval))
        for tenant, name in ((self.nord, "Solar Nord GmbH"), (self.lorenzen, "Lorenzen GmbH")):
            partner = SalesPartner(
                sales_partner_id=SalesPartnerId(new_id()),
                name=name,
                email="",
                status=SalesPartnerStatus.ACTIVE,
                serial=1,
            )
            setup.add_sales_partner(office, scope, partner, tenant)

    def _market(self, market_id: MarketId, name: str, approval: bool) -> Market:
        return Market(
            market_id=market_id,
            name=name,
            sales_pipeline_id=self.pipeline,
            partner_count=0,
            response_window_seconds=4 * 3600,
            approval_required=approval,
            visibility=RULES,
        )

    def add_lead(
        self, minutes_ago: int = 60, keeper: str | None = None, marker: str = "", **kwargs: Any
    ) -> LeadId:
        """Write a lead as the seed does and return its id."""
        return self.add_leads(1, minutes_ago, keeper, marker, **kwargs)[0]

    def add_leads(
        self,
        count: int,
        minutes_ago: int = 60,
        keeper: str | None = None,
        marker: str = "",
        share_docs: bool = False,
    ) -> list[LeadId]:
        """Write leads, each a minute younger than the one before."""
        leads = [self._lead(minutes_ago - index, keeper, marker) for index in range(count)]
        log = self.services.office.log.for_tenant(Scope(self.wagner))
        write_leads(log, leads, share_docs)
        return [lead.lead_id for lead in leads]

    def _lead(self, minutes_ago: int, keeper: str | None, marker: str) -> SeedLead:
        at = format_time(self.now - timedelta(minutes=minutes_ago))
        prospect, interest = (
            FieldList(
                {label: FieldContent("text:singleline", value + marker) for label, value in values.items()},
                list(values),
            )
            for values in (PROSPECT, INTEREST)
        )
        lead_id = LeadId(new_id())
        part = LeadPart(lead_id, 1, tenant_urn(self.wagner), at, at, prospect, interest)
        urn = self.urn(keeper) if keeper else None
        running = None
        if urn is not None:
            commission_id = CommissionId(new_id())
            running = CommissionPart(commission_id, urn, at, "Neu", sales_pipeline_id=self.pipeline)
        return SeedLead(
            lead_id,
            self.form,
            encode_row(LeadRow(at, part, running)),
            created_at=at,
            modified_at=at,
            lead_modified_at=at,
            serial=1,
            actor=tenant_urn(self.wagner),
            started_at=at if running else None,
            step=running.step if running else None,
            responsible=urn,
            keeper=urn,
        )

    async def sign_in(self, first: str) -> Person:
        """Sign a person in over HTTP."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://server"
        )
        self.clients.append(client)
        asked = {
            "email": f"{first.lower()}@x.example",
            "password": PASSWORD,
            "codeChallenge": challenge_of(VERIFIER),
        }
        code = (await client.post("/oauth/challenge", json=asked)).json()["authorization_code"]
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": VERIFIER,
            "client_id": CLIENT_ID,
        }
        token = (await client.post("/oauth/token", data=fields)).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        return Person(client)


class Person:
    """Somebody at their client: requests with a fresh idempotency key each."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **params: Any) -> Any:
        """Read and expect success."""
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    async def post(
        self, path: str, key: str | None = None, serial: int | None = None, **body: Any
    ) -> httpx.Response:
        """Send a change."""
        headers = {"idempotency-key": key or new_id()}
        if serial is not None:
            headers["x-serial"] = str(serial)
        return await self.client.post(path, json=body, headers=headers)

    async def done(self, path: str, serial: int | None = None, **body: Any) -> Any:
        """Send a change and expect success."""
        answer = await self.post(path, serial=serial, **body)
        assert answer.status_code in (200, 201), (answer.status_code, answer.text)
        return answer.json()

    async def refused(self, path: str, status: int, **body: Any) -> str:
        """Send a change, expect this status and return the problem's short name."""
        answer = await self.post(path, **body)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return str(answer.json()["type"]).rpartition(":")[2]

    async def delete(self, path: str, key: str | None = None) -> httpx.Response:
        """Delete."""
        return await self.client.delete(path, headers={"idempotency-key": key or new_id()})


@asynccontextmanager
async def opened(
    keys: Envelope | None = None, storage: Storage | None = None, accesses: AccessStorage | None = None
) -> AsyncIterator[Trade]:
    """Give a trade and close what it opened."""
    trade = Trade(keys, storage, accesses)
    try:
        yield trade
    finally:
        for client in trade.clients:
            await client.aclose()
        check_totals(trade.services.office.log)
        trade.identity.close()
        trade.storage.close()


KEPT = ("modified_at", "created_at", "started_at", "closed_at")


def check_totals(log: EventLog) -> None:
    """The kept numbers of leads are the numbers of leads, in every tenant, whatever has been done to them."""
    groups = "keeper, responsible, step"
    for scope in log.scopes():
        with log.for_tenant(scope).reading() as unit:
            counted = unit.select(
                f"SELECT {groups}, COUNT(*) FROM lead WHERE tenant_id = ? GROUP BY {groups}"
            )
            kept = unit.select(f"SELECT {groups}, leads FROM lead_count WHERE tenant_id = ? AND leads <> 0")
            days = {
                (field, day, count)
                for field in KEPT
                for day, count in unit.select(
                    f"SELECT SUBSTR({field}, 1, 10), COUNT(*) FROM lead"
                    f" WHERE tenant_id = ? AND {field} IS NOT NULL GROUP BY 1"
                )
            }
            kept_days = unit.select(
                "SELECT field, day, leads FROM lead_day WHERE tenant_id = ? AND leads <> 0"
            )
        assert set(kept) == set(counted), (kept, counted)
        assert set(kept_days) == days, (kept_days, days)
