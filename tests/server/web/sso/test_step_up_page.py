"""Step-up on the page: whose code it is, for which session, how often; and what a forged one is worth."""

from __future__ import annotations

import uuid

import pytest

from leaddesk.contract.ids import MemberId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.authorization.steps import PASSWORD, Arrival
from tests.server.web.signin.conftest import Read
from tests.server.web.sso.confirming import LONG_AGO, Session, queried
from tests.server.web.sso.conftest import REDIRECT, VERIFIER, World
from tests.server.web.sso.test_firm_only import enrol, member_of


@pytest.fixture
async def rep(world: World) -> Session:
    session = Session(world, await world.bearer(world.rep))
    session.grow_old()
    return session


async def code_of(session: Session) -> str:
    return queried(await session.enter(await session.page(), session.world.rep))["code"]


async def test_the_page_says_what_it_is_for_and_what_comes_of_it_confirms(world: World, rep: Session) -> None:
    assert await rep.ways() == ["password", "browser"]
    begun = await rep.open(await rep.push())
    page = await world.browser.get(begun.headers["location"])
    assert "Sign in once more" in page.text and "same account" in page.text
    assert world.rep["email"] not in page.text, "who has the link learns nothing"
    handle = Read(page.text).field("request")["value"]
    brought = queried(await rep.enter(handle, world.rep))
    assert (await rep.act()).status_code == 403, "the browser alone confirms nothing"
    assert (await rep.show(brought["code"])).status_code == 204
    assert (await rep.act()).status_code == 201
    assert len(await rep.sessions()) == 1


async def test_the_second_factor_is_asked_for_too(world: World, rep: Session) -> None:
    enrol(world, world.rep)
    assert await rep.ways() == ["password", "code", "browser"]
    handle = await rep.page()
    asked = await rep.enter(handle, world.rep)
    assert asked.headers["location"].startswith("/sign-in?"), "a password alone is not enough"
    wrong = await world.browser.post("/sign-in", data={"request": handle, "answer": "000000"})
    assert wrong.status_code == 403


async def test_another_person_is_sent_back_before_anything_else_is_asked(world: World, rep: Session) -> None:
    enrol(world, world.admin)
    handle = await rep.page()
    back = await rep.enter(handle, world.admin)
    assert queried(back)["error"] == "account_selection_required" and "code" not in queried(back)
    assert (await rep.enter(handle, world.rep)).status_code == 400, "that sign-in is over"
    assert (await rep.act()).status_code == 403


async def test_a_wrong_password_is_the_pages_matter(world: World, rep: Session) -> None:
    handle = await rep.page()
    assert (await rep.enter(handle, world.rep | {"password": "not it"})).status_code == 403
    assert "code" in queried(await rep.enter(handle, world.rep))
    cancelled = await rep.enter(await rep.page(), world.rep, way="cancel")
    assert queried(cancelled)["error"] == "access_denied"


async def test_a_code_is_good_once(world: World, rep: Session) -> None:
    code = await code_of(rep)
    assert (await rep.show(code)).status_code == 204
    rep.grow_old()
    replayed = await rep.show(code)
    assert replayed.status_code == 410 and replayed.json()["type"].endswith("ticket-over")
    assert (await rep.act()).status_code == 403
    assert len(await rep.sessions()) == 1, "nor does a replay cost the session"


@pytest.mark.parametrize(
    "changed", [{"codeVerifier": "w" * 43}, {"redirectUri": "http://127.0.0.1:4712/callback"}]
)
async def test_a_code_without_its_verifier_or_address_is_used_up(
    rep: Session, changed: dict[str, str]
) -> None:
    code = await code_of(rep)
    assert (await rep.show(code, **changed)).status_code == 410
    assert (await rep.show(code)).status_code == 410
    assert (await rep.act()).status_code == 403


async def test_a_code_confirms_the_session_that_asked_and_no_other(world: World, rep: Session) -> None:
    elsewhere = Session(world, await world.bearer(world.rep))
    admin = Session(world, await world.bearer(world.admin))
    for other in (elsewhere, admin):
        other.grow_old()
        code = await code_of(rep)
        assert (await other.show(code)).status_code == 410
        assert (await other.act()).status_code == 403
    assert (await rep.act()).status_code == 403


async def test_a_code_for_a_session_opens_none_and_one_for_tokens_confirms_none(
    world: World, rep: Session
) -> None:
    form = {"grant_type": "authorization_code", "code": await code_of(rep), "code_verifier": VERIFIER}
    form |= {"client_id": CLIENT_ID, "redirect_uri": REDIRECT}
    refused = await world.browser.post("/oauth/token", data=form)
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    handle = queried(await world.begin())["request"]
    code = queried(await rep.enter(handle, world.rep))["code"]
    assert (await rep.show(code)).status_code == 410
    assert len(await rep.sessions()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"codeChallenge": None},
        {"codeChallenge": "x" * 44},
        {"codeChallengeMethod": "plain"},
        {"redirectUri": "https://evil.example/callback"},
        {"redirectUri": "http://localhost:4711/callback"},
        {"redirectUri": "http://127.0.0.1:4711/other"},
        {"state": "a\nb"},
    ],
)
async def test_what_is_asked_for_without_proof_of_its_asker_is_not_kept(
    rep: Session, wrong: dict[str, str | None]
) -> None:
    assert (await rep.pushed(**wrong)).status_code == 400


@pytest.mark.parametrize("shown", [{"codeVerifier": None}, {"codeVerifier": "ü" * 43}, {"redirectUri": None}])
async def test_a_code_alone_is_not_understood(rep: Session, shown: dict[str, str | None]) -> None:
    code = await code_of(rep)
    assert (await rep.show(code, **shown)).status_code == 400
    both = await rep.show(code, password=rep.world.rep["password"])
    assert both.status_code == 400


async def test_a_name_is_good_for_one_confirmation_for_some_minutes(world: World, rep: Session) -> None:
    name = await rep.push()
    first, second = await rep.page(name), await rep.page(name)
    assert "code" in queried(await rep.enter(first, world.rep)), "opened twice, in whichever browser"
    assert (await rep.enter(second, world.rep)).status_code == 400
    assert (await rep.open(name)).status_code == 400
    former, newer = await rep.push(), await rep.push()
    assert (await rep.open(former)).status_code == 400, "a session asks for one at a time"
    assert (await rep.open(newer)).status_code == 303
    late = await rep.push()
    books = world.people.books
    books.at(world.tenant, lambda page: page.set("ticket", {"expires_at": LONG_AGO}, "1 = 1"), writes=True)
    assert (await rep.open(late)).status_code == 400


async def test_what_the_browser_brings_beside_the_name_counts_for_nothing(world: World, rep: Session) -> None:
    evil = {"redirect_uri": "http://127.0.0.1:1/callback", "code_challenge": "e" * 43, "state": "evil"}
    handle = queried(await rep.open(await rep.push(), **evil))["request"]
    brought = await rep.enter(handle, world.rep)
    assert brought.headers["location"].startswith(REDIRECT) and queried(brought)["state"] == "s"
    assert (await rep.open("urn:ietf:params:oauth:request_uri:" + "a" * 43)).status_code == 400
    assert (await rep.open("")).status_code in (400, 303)
    pushed = await rep.push()
    asked = {"client_id": "another", "request_uri": pushed}
    assert (await world.browser.get("/oauth/authorize", params=asked)).status_code == 400


async def test_a_machine_can_show_nothing(world: World) -> None:
    admin = Session(world, await world.bearer(world.admin))
    wanted = {"name": "n", "rights": ["lead.read"]}
    headers = admin.bearer | {"idempotency-key": str(uuid.uuid4())}
    made = await world.browser.post("/api-keys", json=wanted, headers=headers)
    key = Session(world, {"authorization": made.json()["key"]})
    assert (await key.pushed()).status_code == 403
    refused = await world.browser.get("/me/step-up", headers=key.bearer)
    assert refused.status_code == 403


async def test_who_has_left_confirms_nothing(world: World, rep: Session) -> None:
    code = await code_of(rep)
    member = member_of(world, world.rep)
    world.services.identity.register.end_others(world.tenant, member, None)  # type: ignore[arg-type]
    assert (await rep.show(code)).status_code == 401


async def test_a_code_is_made_out_to_whoever_arrived(world: World, rep: Session) -> None:
    """The second wall: were somebody else let through the page, the session would not take what they got."""
    asked = await world.services.identity.confirmations.find((await rep.push()).rpartition(":")[2])
    assert asked is not None and asked.sought is not None
    somebody = MemberId(member_of(world, world.admin))
    arrival = Arrival(world.tenant, somebody, (PASSWORD,))
    code = await world.services.identity.confirmations.admit(arrival, asked, asked.sought)
    assert code is not None and (await rep.show(code.reveal())).status_code == 410
    assert (await rep.act()).status_code == 403
