"""A firm's domains: shown by a record in their DNS, or vouched for by the operator; nobody else's count."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.app import build_app
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections import references
from leaddesk.server.web.beside.names import NoAnswer
from leaddesk.server.web.edge.limits import Limits, Rate
from tests.server.web.sso.conftest import World

DOMAIN = "wagner-waerme.example"


class Names:
    """The domain name system as a test has it."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.answers = True

    async def __call__(self, name: str) -> list[str]:
        self.asked.append(name)
        if not self.answers:
            raise NoAnswer
        return self.texts.get(name.rstrip("."), [])


@pytest.fixture
def names(world: World) -> Names:
    names = Names()
    outside = replace(world.services.outside, texts=names)
    world.services = replace(world.services, outside=outside)
    world.app = build_app(world.services, Limits(Rate(0, 0), Rate(0, 0)))
    world.browser = world.new_browser()
    return names


async def prove(world: World, domain: str = DOMAIN, person: dict[str, str] | None = None) -> httpx.Response:
    headers = await world.bearer(person or world.admin) | {"idempotency-key": str(uuid.uuid4())}
    return await world.browser.post("/tenant/domains", json={"domain": domain}, headers=headers)


async def listed(world: World) -> list[dict[str, Any]]:
    found = await world.browser.get("/tenant/domains", headers=await world.bearer(world.admin))
    told: list[dict[str, Any]] = found.json()
    return told


async def test_a_record_in_the_dns_shows_whose_a_domain_is(world: World, names: Names) -> None:
    assert (await world.configure(domains=[DOMAIN])).json()["field"] == "domains", "not shown yet"
    asked = (await prove(world)).json()
    assert "provedAt" not in asked and asked["recordName"] == f"_leaddesk.{DOMAIN}"
    names.texts[asked["recordName"]] = ["v=spf1 -all", asked["recordValue"] + "x"]
    assert "provedAt" not in (await prove(world)).json(), "nearly is not it"
    names.texts[asked["recordName"]].append(asked["recordValue"])
    proved = (await prove(world)).json()
    assert proved["provedBy"] == "dns" and proved["provedAt"]
    count = len(names.asked)
    assert (await prove(world)).json() == proved and len(names.asked) == count, "once is enough"
    assert DOMAIN in {one["domain"] for one in await listed(world)}
    assert (await world.configure(domains=[DOMAIN])).status_code == 200
    with world.services.office.log.for_tenant(Scope(world.tenant)).reading() as unit:
        assert b"provedAt" in (references.one_of(unit, "domain", DOMAIN) or b"")


async def test_each_firm_has_a_record_of_its_own(world: World, names: Names) -> None:
    other = next(one for one in world.demo.credentials[1].people if one["role"] == "admin")
    mine, theirs = (await prove(world)).json(), (await prove(world, person=other)).json()
    assert mine["recordValue"] != theirs["recordValue"]
    names.texts[mine["recordName"]] = [mine["recordValue"]]
    assert "provedAt" not in (await prove(world, person=other)).json()
    assert (await prove(world)).json()["provedAt"]
    assert DOMAIN not in {
        one.domain for one in world.domains.of(TenantId(world.demo.credentials[1].tenant.tenant_id))
    }


async def test_the_address_of_an_admin_shows_nothing(world: World, names: Names) -> None:
    """Whoever confirms an address somewhere has a mailbox there, not the domain."""
    person = world.people.members(world.tenant)[0]
    world.people.add_person(replace(person, email=f"a@{DOMAIN}"), None)
    assert (await world.configure(domains=[DOMAIN])).json()["field"] == "domains"


async def test_what_is_no_firms_domain_is_not_looked_for(world: World, names: Names) -> None:
    for wrong in (
        "gmail.com",
        "x",
        "a..b",
        "EXAMPLE.com",
        "ü.example",
        "-a.example",
        "a.example.",
        "x" * 300,
    ):
        refused = await prove(world, wrong)
        assert (refused.status_code, refused.json()["field"]) == (400, "domain"), wrong
    assert names.asked == []


async def test_a_dns_that_does_not_answer_is_told_as_such(world: World, names: Names) -> None:
    names.answers = False
    refused = await prove(world)
    assert refused.status_code == 503 and refused.json()["type"].endswith("names-unavailable")


async def test_only_admins_do_it(world: World, names: Names) -> None:
    assert (await prove(world, person=world.rep)).status_code == 403
