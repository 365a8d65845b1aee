"""The authorization endpoint, the code it ends with, and what a client is told when it goes wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leaddesk.contract.signin import CLIENT_ID, ServerMetadata
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.web.signin.desk import Front
from tests.server.web.signin.conftest import (
    EMAIL,
    ISSUER,
    PASSWORD,
    REDIRECT,
    STATE,
    VERIFIER,
    Read,
    World,
    json_of,
    told,
)


async def test_from_the_browser_to_me(world: World) -> None:
    handle, _ = await world.page()
    answer = told(await world.sign_in(handle))
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (STATE, ISSUER)
    tokens = json_of(await world.token(code=answer["code"]))
    assert json_of(await world.me(tokens["access_token"]))["person"]["email"] == EMAIL


async def test_the_metadata_tell_where_everything_is(world: World) -> None:
    found = json_of(await world.browser.get("/.well-known/oauth-authorization-server"))
    metadata = ServerMetadata.model_validate(found)
    assert metadata.issuer == ISSUER and metadata.authorization_response_iss_parameter_supported
    assert metadata.authorization_endpoint == f"{ISSUER}/oauth/authorize"
    assert metadata.leaddesk_challenge_endpoint == f"{ISSUER}/oauth/challenge"
    assert found["code_challenge_methods_supported"] == ["S256"] and "jwks_uri" not in found


class TestWithoutAFormInTheApp:
    @pytest.fixture
    def front(self) -> Front:
        return Front("Nordwind", "https://leads.nordwind.example/", in_app_form=False)

    async def test_the_challenge_is_not_there_and_the_metadata_say_so(self, world: World) -> None:
        found = json_of(await world.browser.get("/.well-known/oauth-authorization-server"))
        assert "leaddesk_challenge_endpoint" not in found
        assert found["issuer"] == "https://leads.nordwind.example"
        asked = {"email": EMAIL, "password": PASSWORD, "codeChallenge": challenge_of(VERIFIER)}
        assert (await world.browser.post("/oauth/challenge", json=asked)).status_code == 404
        handle, _ = await world.page()
        assert told(await world.sign_in(handle))["iss"] == "https://leads.nordwind.example"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": None},
        {"client_id": "another"},
        {"client_id": "Canary-7f3a"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example/Canary-7f3a"},
        {"redirect_uri": "http://localhost:4711/callback"},
        {"redirect_uri": "http://127.0.0.1:4711/callback?x=Canary-7f3a"},
    ],
)
async def test_an_unknown_client_or_address_leads_nowhere(
    world: World, changed: dict[str, str | None]
) -> None:
    answer = await world.begin(**changed)
    assert answer.status_code == 400 and "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
    assert "Canary" not in answer.text and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
    ],
)
async def test_every_other_error_goes_back_to_the_client(
    world: World, changed: dict[str, str | None], error: str
) -> None:
    assert told(await world.begin(**changed)) == {"error": error, "state": STATE, "iss": ISSUER}


async def test_a_parameter_sent_twice_is_an_error(world: World) -> None:
    query = f"response_type=code&client_id={CLIENT_ID}&redirect_uri={REDIRECT}&code_challenge_method=S256"
    query += f"&code_challenge={challenge_of(VERIFIER)}"
    for name in ("state", "scope", "anything"):
        answer = await world.browser.get(f"/oauth/authorize?{query}&{name}=a&{name}=b")
        assert told(answer)["error"] == "invalid_request"
    twice = await world.browser.get(f"/oauth/authorize?{query}&client_id={CLIENT_ID}")
    assert twice.status_code == 400
    assert (await world.browser.get("/oauth/authorize?%ff=%fe&" + query)).status_code == 400
    assert (await world.browser.get("/oauth/authorize?" + "a=1&" * 90)).status_code == 400


async def test_a_state_that_is_none_is_not_echoed(world: World) -> None:
    for state in ("a\nb", "ä", "x" * 1_025):
        assert told(await world.begin(state=state)) == {"error": "invalid_request", "iss": ISSUER}
    handle, _ = await world.page(state=None)
    assert told(await world.sign_in(handle)).keys() == {"code", "iss"}


async def test_what_the_server_does_not_know_it_ignores(world: World) -> None:
    await world.page(scope="openid", prompt="login", nonce="n", request="x")


async def test_version_6_of_the_loopback_is_led_to_by_a_page(world: World) -> None:
    """A page's policy cannot name such an address, so no form may redirect there."""
    redirect = "http://[::1]:4711/callback"
    handle, _ = await world.page(redirect_uri=redirect)
    answer = await world.sign_in(handle)
    assert answer.status_code == 200
    (link,) = Read(answer.text).all("a")
    assert link["href"].startswith(redirect + "?code=")
    refresh = next(one for one in Read(answer.text).all("meta") if "http-equiv" in one)
    assert refresh["content"] == "0;url=" + link["href"]
    code = link["href"].partition("code=")[2].partition("&")[0]
    assert (await world.token(code=code)).json() == {"error": "invalid_grant"}
    handle, _ = await world.page(redirect_uri=redirect)
    link = Read((await world.sign_in(handle)).text).all("a")[0]
    code = link["href"].partition("code=")[2].partition("&")[0]
    assert (await world.token(code=code, redirect_uri=redirect)).status_code == 200


async def test_a_code_is_good_once_for_a_minute_for_its_verifier_and_address(world: World) -> None:
    async def code() -> str:
        handle, _ = await world.page()
        return told(await world.sign_in(handle))["code"]

    wrong = {"error": "invalid_grant"}
    assert (await world.token(code=await code(), code_verifier="w" * 43)).json() == wrong
    assert (
        await world.token(code=await code(), redirect_uri="http://127.0.0.1:4712/callback")
    ).json() == wrong
    assert (await world.token(code=await code(), redirect_uri="")).json() == wrong
    late = await code()
    world.now += timedelta(seconds=60)
    assert (await world.token(code=late)).json() == wrong
    replayed = await code()
    tokens = json_of(await world.token(code=replayed))
    assert (await world.me(tokens["access_token"])).status_code == 200
    assert (await world.token(code=replayed)).json() == wrong
    assert (await world.me(tokens["access_token"])).status_code == 401
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "rotation_id": "r"}
    assert (await world.token(**again)).json() == wrong
