"""Admins say where their people sign in: only for their own domain, and the secret is never shown."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from leaddesk.server.web.sso.setting import OF_EVERYBODY
from tests.server.web.sso.conftest import CLIENT, ISSUER, SECRET, SERVER, World


async def test_what_is_set_is_told_but_for_the_secret(world: World) -> None:
    redirect = f"{SERVER}/sign-in/firm/{world.tenant}"
    assert (await world.ask("GET", "")).json() == {"redirectUri": redirect}
    told = await world.configure()
    assert told.json() == {
        "redirectUri": redirect,
        "issuer": ISSUER,
        "clientId": CLIENT,
        "hasSecret": True,
        "domains": [world.domain],
    }
    assert SECRET not in told.text
    assert SECRET.encode() not in world.people.books.storage.dump()  # type: ignore[attr-defined]


async def test_the_secret_stays_as_long_as_the_provider_does(world: World) -> None:
    await world.configure()
    assert (await world.configure(clientSecret=None)).json()["hasSecret"] is True
    assert (await world.configure(clientSecret=None, clientId="another")).json()["hasSecret"] is False


async def test_it_can_be_tried_and_taken_away(world: World) -> None:
    assert (await world.ask("POST", "/test")).status_code == 404
    await world.configure()
    assert (await world.ask("POST", "/test")).json() == {"works": True}
    assert (await world.ask("DELETE", "")).status_code == 204
    assert (await world.ask("DELETE", "")).status_code == 404
    assert "issuer" not in (await world.ask("GET", "")).json()


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"issuer": "https://id.evil.example"}, "other-issuer"),
        ({"issuer": ISSUER + "/"}, "other-issuer"),
        ({"token_endpoint": "http://id.wagner.example/token"}, "address-not-allowed"),
        ({"jwks_uri": "https://169.254.169.254/keys"}, "address-not-allowed"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "address-not-allowed"),
        ({"authorization_endpoint": None}, "address-not-allowed"),
    ],
)
async def test_a_provider_that_says_odd_things_of_itself_does_not_work(
    world: World, metadata: dict[str, Any], reason: str
) -> None:
    world.provider.metadata = metadata
    await world.configure()
    assert (await world.ask("POST", "/test")).json() == {"works": False, "reason": reason}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuer": "http://id.wagner.example"}, "issuer"),
        ({"issuer": "https://127.0.0.1"}, "issuer"),
        ({"issuer": "https://10.0.0.1/id"}, "issuer"),
        ({"issuer": "https://user@id.example"}, "issuer"),
        ({"issuer": "nonsense"}, "issuer"),
        ({"domains": []}, "domains"),
        ({"domains": ["elsewhere.example"]}, "domains"),
        ({"domains": ["x" * 254]}, "domains.0"),
        ({"clientId": ""}, "clientId"),
        ({"clientSecret": "ü"}, "clientSecret"),
        ({"canary": 1}, "body"),
    ],
)
async def test_what_is_not_understood_is_named(world: World, changed: dict[str, Any], field: str) -> None:
    answer = await world.configure(**changed)
    assert answer.status_code == 400 and answer.json()["field"] == field
    assert "issuer" not in (await world.ask("GET", "")).json()


async def test_a_domain_of_everybody_or_of_another_firm_is_nobodys(world: World) -> None:
    assert (await world.configure()).status_code == 200
    other = world.demo.credentials[1]
    admin = next(one for one in other.people if one["role"] == "admin")
    mine, world.admin = world.admin, admin
    assert (await world.configure()).json()["field"] == "domains"
    assert (await world.configure(domains=[admin["email"].rpartition("@")[2]])).status_code == 200
    world.admin = mine
    assert {"gmail.com", "gmx.de", "web.de"} <= OF_EVERYBODY and world.domain not in OF_EVERYBODY


async def test_only_admins_who_signed_in_may(world: World) -> None:
    world.admin = world.rep
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test")):
        headers = await world.bearer(world.rep) | {"idempotency-key": str(uuid.uuid4())}
        asked = await world.browser.request(method, f"/tenant/single-sign-on{path}", headers=headers)
        assert asked.status_code == 403


async def test_it_is_an_event_of_the_tenants_own_stream(world: World) -> None:
    await world.configure()
    from leaddesk.server.eventlog.scope import Scope
    from leaddesk.server.projections import references

    with world.services.office.log.for_tenant(Scope(world.tenant)).reading() as unit:
        doc = references.one_of(unit, "single-sign-on", "single-sign-on")
    assert doc is not None and ISSUER.encode() in doc and SECRET.encode() not in doc
