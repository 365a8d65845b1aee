"""The server answers exactly what the golden files hold, so that both sides cannot be wrong together."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import LeadId, MemberId, TenantId, Urn
from leaddesk.contract.leads import Form
from leaddesk.contract.people import Right, Role
from leaddesk.contract.rows import LeadRow, decode_rows, encode_row
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.personal.masked import Secret
from leaddesk.server.app import build_app
from leaddesk.server.commands import setup
from leaddesk.server.commands.leads import add_note
from leaddesk.server.commands.office import Office, Order
from leaddesk.server.eventlog.bulk import SeedLead, write_leads
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.web.services import build_services

GOLDEN = Path(__file__).parents[2] / "contract" / "golden"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def seed(row: LeadRow, form: Form) -> SeedLead:
    lead, running = row.lead, row.commission
    own = running if running and ":member:" in running.responsible else None
    return SeedLead(
        LeadId(lead.lead_id),
        form.id,
        encode_row(row),
        lead.created_at,
        row.modified_at,
        lead.modified_at,
        lead.serial,
        lead.owner,
        started_at=running.started_at if running else None,
        closed_at=running.closed_at if running else None,
        step=running.step if running else None,
        responsible=running.responsible if running else None,
        keeper=own.responsible if own else None,
    )


class Vendor:
    """A tenant that holds the golden files, asked with an API key."""

    def __init__(self) -> None:
        rows = decode_rows((GOLDEN / "leads-with-field-lists.json").read_bytes())
        form = Form.model_validate(golden("forms")[0])
        self.tenant = TenantId(rows[0].lead.owner.rpartition(":")[2])
        self.note = golden("notes")[0]
        people = People()
        people.add_tenant(TenantRecord(self.tenant, "Wagner AG"))
        people.api_keys.add(ApiKeyRecord(self.tenant, "key", "Key", frozenset(Right)), Secret("the-key"))
        self.author = MemberId(self.note["author"].rpartition(":")[2])
        person = PersonRecord(self.tenant, self.author, "Maren Boysen", "m@x.example", Role.REP)
        people.add_person(person, Secret("x" * 20))
        self.identity = Identity(lambda: datetime.fromisoformat(self.note["createdAt"]), people)
        self.services = build_services(MemoryStorage(), self.identity, lambda: datetime.now(UTC))
        self._fill(rows, form)

    def _fill(self, rows: list[LeadRow], form: Form) -> None:
        office, scope = self.services.office, Scope(self.tenant)
        setup.define_form(office, scope, form)
        for partner in golden("sales-partners"):
            setup.add_sales_partner(office, scope, SalesPartner.model_validate(partner), None)
        write_leads(office.log.for_tenant(scope), [seed(row, form) for row in rows])

    def write_note(self, lead_id: str) -> None:
        """Write the golden note, with its id and time."""
        at = datetime.fromisoformat(self.note["createdAt"])
        office = Office(self.services.office.log, lambda: at, lambda: str(self.note["noteId"]))
        urn = Urn(self.note["author"])
        rights = frozenset(Right)
        caller = Caller(self.tenant, self.author, urn, "Maren Boysen", Role.REP, rights, sees_all_leads=True)
        add_note(office, Order(caller, None, ()), lead_id, self.note["text"], self.note["intern"])


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


async def ask(vendor: Vendor, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(build_app(vendor.services))
    headers = {"authorization": "the-key"}
    async with httpx.AsyncClient(transport=transport, base_url="http://server", headers=headers) as client:
        answer = await client.get(path)
    vendor.identity.close()
    return answer


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("leads", "/leads"),
        ("leads-with-field-lists", "/leads?includeFieldLists=true"),
        ("forms", "/forms"),
        ("sales-partners", "/sales-partners"),
    ],
)
async def test_arrays(vendor: Vendor, name: str, path: str) -> None:
    assert (await ask(vendor, path)).json() == golden(name)


async def test_one_lead(vendor: Vendor) -> None:
    lead = golden("lead")
    assert (await ask(vendor, f"/leads/{lead['lead']['leadId']}")).json() == lead


async def test_notes(vendor: Vendor) -> None:
    lead_id = golden("lead")["lead"]["leadId"]
    vendor.write_note(lead_id)
    assert (await ask(vendor, f"/leads/{lead_id}/notes")).json() == golden("notes")


async def test_a_page_that_ends_the_list_carries_no_continuation(vendor: Vendor) -> None:
    answer = await ask(vendor, "/leads?maxResults=3")
    assert "x-continuation" not in answer.headers and answer.headers["x-total"] == "3"
