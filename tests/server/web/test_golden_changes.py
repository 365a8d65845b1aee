"""What the server answers to changes, held against the golden files; ids and times stand still for it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.contract.leads import Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.server.app import build_app
from leaddesk.server.commands import setup
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import TenantRecord
from tests.server.web.test_golden import Vendor, golden

PARTNER_TENANT = TenantId("0f2a6a52-6a5e-4a55-9d6b-0c1f2b3a4d02")
PIPELINE, MARKET = "3c4d5e6f-7081-4293-a4b5-c6d7e8f90a01", "8192a3b4-c5d6-4e7f-8091-a2b3c4d5e601"
UNASSIGNED = "1a2b3c4d-5e6f-4071-8293-a4b5c6d7e801"
NOW = datetime.fromisoformat("2026-05-01T12:00:00.000+00:00")


_PIPELINE = {"salesPipelineId": PIPELINE, "name": "Standard", "steps": ["Neu", "Kontakt"], "isDefault": True}
_MARKET = {
    "marketId": MARKET,
    "name": "Wärme Nord",
    "salesPipelineId": PIPELINE,
    "partnerCount": 0,
    "responseWindowSeconds": 3600,
    "approvalRequired": True,
    "visibility": [{"label": "Interesse", "before": "visible"}],
}


class Standing(Vendor):
    """The golden tenant with a reachable partner, a pipeline and a market; new ids are given beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        office = replace(self.services.office, clock=lambda: NOW, new_id=lambda: self.ids.pop(0))
        self.services = replace(self.services, office=office)
        self.identity.people.add_tenant(TenantRecord(PARTNER_TENANT, "Solar Nord GmbH"))
        scope = Scope(self.tenant)
        partner = SalesPartner.model_validate(golden("sales-partners")[0])
        setup.add_sales_partner(office, scope, partner, PARTNER_TENANT)
        setup.define_pipeline(office, scope, Pipeline.model_validate(_PIPELINE))
        setup.define_market(office, scope, Market.model_validate(_MARKET))


@pytest.fixture
async def standing() -> AsyncIterator[tuple[Standing, httpx.AsyncClient]]:
    vendor = Standing()
    transport = httpx.ASGITransport(build_app(vendor.services))
    headers = {"authorization": "the-key"}
    async with httpx.AsyncClient(transport=transport, base_url="http://server", headers=headers) as client:
        yield vendor, client
    vendor.identity.close()


def block(values: dict[str, Any], order: list[str] | None = None) -> dict[str, Any]:
    fields = {label: {"value": value} for label, value in values.items()}
    return {"fields": fields} | ({"fieldOrder": order} if order else {})


async def test_a_new_lead(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    vendor, client = standing
    vendor.ids = [golden("created-lead")["leadId"]]
    prospect = block({"Anrede": "Frau", "Nachname": "Meyer", "E-Mail": "anna.meyer@example.de"})
    interest = block({"Interesse": ["Photovoltaik"], "Wohnfläche": "142", "Rückruf": False}, ["Rückruf"])
    answer = await client.post("/leads", json={"prospect": prospect, "interest": interest})
    assert answer.status_code == 201 and answer.json() == golden("created-lead")
    duplicates = await client.get(f"/leads/{golden('created-lead')['leadId']}/duplicates")
    assert duplicates.json() == golden("duplicates")


async def test_a_direct_commission(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    vendor, client = standing
    made = golden("created-commission")
    vendor.ids = ["5b0c7d1e-2f3a-4b4c-8d5e-6f708192a3fe", made["commissionId"], MARKET]
    partner = golden("sales-partners")[0]["salesPartnerId"]
    answer = await client.post(f"/leads/{UNASSIGNED}/commissions", json={"salesPartnerId": partner})
    assert answer.status_code == 201 and answer.json() == made


async def test_a_brokerage(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    vendor, client = standing
    made = golden("created-brokerage")
    vendor.ids = [made["brokerageId"], MARKET]
    answer = await client.post(f"/markets/{MARKET}/brokerages", json={"leadId": UNASSIGNED})
    assert answer.status_code == 201 and answer.json() == made


async def test_an_invited_partner(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    vendor, client = standing
    made = golden("sales-partner")
    vendor.ids = [made["salesPartnerId"]]
    sent = {name: made[name] for name in ("email", "name", "tags", "attributes")}
    answer = await client.post("/sales-partners", json={**sent, "text": "Moin"})
    assert answer.status_code == 201 and answer.json() == made
    assert (await client.get(f"/sales-partners/{made['salesPartnerId']}")).json() == made


async def test_notes_of_all_leads(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    vendor, client = standing
    vendor.write_note(golden("lead")["lead"]["leadId"])
    assert (await client.get("/notes")).json() == golden("notes-of-all")


async def test_what_answers_without_a_body(standing: tuple[Standing, httpx.AsyncClient]) -> None:
    _, client = standing
    partner = f"/sales-partners/{golden('sales-partners')[0]['salesPartnerId']}"
    answers = [
        await client.patch(f"/leads/{UNASSIGNED}", json={"prospect": block({"Nachname": "Meyer"})}),
        await client.patch(partner, json={"tags": []}),
        await client.post(f"{partner}/end"),
        await client.delete(partner),
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 4


@pytest.mark.parametrize("prefix", ["", "Bearer "])
async def test_a_key_is_bare(standing: tuple[Standing, httpx.AsyncClient], prefix: str) -> None:
    _, client = standing
    answer = await client.get("/test", headers={"authorization": f"{prefix}the-key"})
    assert answer.status_code == (401 if prefix else 200)
    assert prefix or answer.json() == golden("test")
