"""An installation as an operator makes it: two PostgreSQL servers, four databases, three tenants.

Data and one copy of the keys lie on one PostgreSQL, the other copy and the access log on another, so that
either can die alone.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from leaddesk.contract.ids import FormId, MarketId, PipelineId, SalesPartnerId, TenantId, tenant_urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.contract.people import Right
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.personal.masked import Secret
from leaddesk.server.commands import setup
from leaddesk.server.configured import build_configured
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.installation.databases import databases_of
from leaddesk.server.installation.making import init
from leaddesk.server.operations.opening import witness_maker
from leaddesk.server.operations.settings import read_settings
from leaddesk.server.web.services import Services
from tests.support import postgres
from tests.support.postgres import ADMIN, Cluster
from tests.support.processes import new_key

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
PARTNERS = {"a": ("b", "c"), "b": ("c",), "c": ("a",)}
LABEL, PASSWORD = "Anliegen", "quarz-tulpe-nebel-fjord"


@dataclass(frozen=True)
class Firm:
    """A tenant: by what its programs and its admin come in, and where its leads are offered."""

    tenant: TenantId
    email: str
    key: str = field(repr=False)
    market: MarketId


class Site:
    """The installation; ``services`` are those of one process more, which looks after everything."""

    def __init__(self, data: Cluster, beside: Cluster, folder: Path) -> None:
        self.data, self.beside, self.folder = data, beside, folder
        self.config = _config(data, beside, folder)
        file = folder / "site.toml"
        file.write_text(self.config.replace("HOST", "127.0.0.1"))
        settings = read_settings(file, {})
        for _ in init(databases_of(settings), f"user={ADMIN}"):
            continue
        self.services: Services = build_configured(settings, {})
        self.witness = witness_maker(settings)()
        self.firms = self._founded()

    def config_of_one(self) -> str:
        """Configure one process more, at an address of its own: a port that a killed one left is nobody's."""
        return self.config.replace("HOST", f"127.{os.getpid() % 250 + 2}.{secrets.randbelow(250)}.7")

    def close(self) -> None:
        """Let go of all databases."""
        log = self.services.office.log
        self.services.identity.close()
        log._storage.close()
        log.keys.store.close()  # type: ignore[attr-defined]
        self.services.access_log.storage.close()

    def _founded(self) -> dict[str, Firm]:
        office, people = self.services.office, self.services.identity.people
        firms = {}
        for name in PARTNERS:
            email = f"ada@{name}.example"
            founding = setup.Founding(f"Firm {name}", "Ada", email, Secret(PASSWORD))
            tenant = setup.create_tenant(office, people, founding, ("h.petersen", "Contract 2026-17", "T-1"))
            key = f"key-{secrets.token_hex(16)}"
            people.api_keys.add(ApiKeyRecord(tenant, new_key(), "load", frozenset(Right)), Secret(key))
            firms[name] = Firm(tenant, email, key, self._set_up(tenant))
        for name, partners in PARTNERS.items():
            for partner in partners:
                self._partner(firms[name].tenant, partner, firms[partner].tenant)
        return firms

    def _set_up(self, tenant: TenantId) -> MarketId:
        office, scope, pipeline = self.services.office, Scope(tenant), PipelineId(new_key())
        block = FormBlock(fields={LABEL: FormField(type="text:singleline")})
        definition = FormDefinition(prospect=block, interest=block)
        owner = tenant_urn(tenant)
        form = Form(id=FormId(new_key()), name="Form", owner=owner, serial=1, definition=definition)
        setup.define_form(office, scope, form)
        steps = ["Neu", "Angebot"]
        line = Pipeline(sales_pipeline_id=pipeline, name="Line", steps=steps, is_default=True)
        setup.define_pipeline(office, scope, line)
        market = Market(
            market_id=MarketId(new_key()),
            name="Market",
            sales_pipeline_id=pipeline,
            partner_count=0,
            response_window_seconds=24 * 3600,
            approval_required=False,
            visibility=[FieldRule(label=LABEL, before="hidden")],
        )
        setup.define_market(office, scope, market)
        return market.market_id

    def _partner(self, owner: TenantId, name: str, tenant: TenantId) -> None:
        told = SalesPartner(
            sales_partner_id=SalesPartnerId(new_key()),
            name=name,
            email=f"ada@{name}.example",
            status=SalesPartnerStatus.ACTIVE,
            serial=1,
        )
        setup.add_sales_partner(self.services.office, Scope(owner), told, tenant)


@contextmanager
def site(folder: Path, *, on_one: bool = False) -> Iterator[Site]:
    """Make the PostgreSQL servers, durable, and the installation; ``on_one``: all databases on one."""
    with ExitStack() as open_until_then:
        begin = partial(postgres.cluster, prepared=False, **DURABLE)
        data = open_until_then.enter_context(begin())
        beside = data if on_one else open_until_then.enter_context(begin())
        made = Site(data, beside, folder)
        open_until_then.callback(made.close)
        yield made


def _config(data: Cluster, beside: Cluster, folder: Path) -> str:
    for name in ("e1", "e2"):
        (folder / name).mkdir()
    for name in ("master", "signing"):
        key = folder / f"{name}.key"
        key.touch(0o600)
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return f"""
[instance]
name = "Nordwind"
[server]
host = "HOST"
port = 0
requests_per_key = 100000
requests_per_network = 100000
[storage]
backend = "postgresql"
database = "{data.place("leads")}"
[keys]
databases = ["{data.place("keys_one")}", "{beside.place("keys_two")}"]
epochs = ["{folder}/e1", "{folder}/e2"]
master_key_file = "{folder}/master.key"
[access_log]
postgresql = "{beside.place("accesses")}"
signing_key_file = "{folder}/signing.key"
sink = "{folder}/sink.jsonl"
[log]
level = "warning"
"""
