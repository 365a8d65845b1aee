"""The sign-in page: bound to its browser, the same for everybody, without scripts, in two languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

import pytest

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.steps import Arrival
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.web.signin import language
from leaddesk.server.web.signin.desk import Front
from tests.server.web.signin.conftest import EMAIL, ISSUER, PASSWORD, STATE, Read, World, told

POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:4711; base-uri 'none'; "
    "frame-ancestors 'none'"
)


async def test_password_managers_find_what_they_need(world: World) -> None:
    _, shown = await world.page()
    assert shown.field("email")["autocomplete"] == "username"
    assert shown.field("password")["autocomplete"] == "current-password"
    assert shown.field("password")["type"] == "password"
    labels = {one["for"] for one in shown.all("label")}
    assert labels == {"email", "password"}
    assert all(
        {name, value} & labels or name != "id" for one in shown.all("input") for name, value in one.items()
    )


async def test_nothing_of_the_page_is_a_script_or_from_elsewhere(world: World) -> None:
    begun = await world.begin()
    shown = await world.browser.get(begun.headers["location"])
    assert shown.headers["content-security-policy"] == POLICY
    assert shown.headers["cache-control"] == "no-store" and shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["x-frame-options"] == "DENY"
    tags = Read(shown.text).tags
    assert "script" not in {tag for tag, _ in tags}
    assert [
        one for _, attributes in tags for one in attributes if one.startswith("on") or one == "style"
    ] == []
    addresses = [value for _, one in tags for name, value in one.items() if name in ("href", "src", "action")]
    assert addresses and all(address.startswith("/sign-in") for address in addresses)
    assert STATE not in shown.text and "4711" not in shown.text, (
        "what the client asked for stays with the server"
    )


async def test_the_cookie_is_out_of_reach(world: World) -> None:
    cookie = (await world.begin()).headers["set-cookie"]
    assert cookie.startswith("__Host-leaddesk-sign-in=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_a_page_is_good_in_its_own_browser_only(world: World) -> None:
    handle, _ = await world.page()
    async with world.new_browser() as other:
        for browser in (other, world.new_browser(cookie="__Host-leaddesk-sign-in=" + "a" * 43)):
            shown = await browser.get("/sign-in", params={"request": handle})
            sent = await browser.post("/sign-in", data=fields(handle))
            assert shown.status_code == sent.status_code == 400
            assert EMAIL not in sent.text
    assert told(await world.sign_in(handle))["code"], "and what others try does not end it"


async def test_another_sites_form_signs_nobody_in(world: World) -> None:
    handle, _ = await world.page()
    for site in ("cross-site", "same-site"):
        sent = await world.browser.post("/sign-in", data=fields(handle), headers={"sec-fetch-site": site})
        assert sent.status_code == 400
    ours = await world.browser.post(
        "/sign-in", data=fields(handle), headers={"sec-fetch-site": "same-origin"}
    )
    assert told(ours)["code"]


async def test_a_page_is_good_for_one_sign_in_and_ten_minutes(world: World) -> None:
    handle, _ = await world.page()
    assert told(await world.sign_in(handle))["code"]
    assert (await world.sign_in(handle)).status_code == 400
    handle, _ = await world.page()
    world.now += timedelta(minutes=10)
    assert (await world.sign_in(handle)).status_code == 400
    assert (await world.browser.get("/sign-in", params={"request": handle})).status_code == 400


async def test_two_sign_ins_go_on_beside_each_other(world: World) -> None:
    first, _ = await world.page()
    second, _ = await world.page(state="second")
    assert told(await world.sign_in(first))["state"] == STATE
    assert told(await world.sign_in(second))["state"] == "second"


async def test_whoever_cancels_tells_the_client(world: World) -> None:
    handle, _ = await world.page()
    assert told(await world.enter(handle, way="cancel")) == {
        "error": "access_denied",
        "state": STATE,
        "iss": ISSUER,
    }
    assert (await world.sign_in(handle)).status_code == 400


async def test_wrong_is_the_same_page_and_the_same_work_for_anybody(world: World) -> None:
    handle, _ = await world.page()
    checks: list[bool] = []
    check = Passwords._check

    def counted(self: Passwords, credential: object, given: Secret) -> bool:
        checks.append(True)
        return check(self, credential, given)  # type: ignore[arg-type]

    with patch.object(Passwords, "_check", counted):
        known = await world.enter(handle, email=EMAIL, password="wrong")
        unknown = await world.enter(handle, email="nobody@wagner.example", password="wrong")
        nothing = await world.enter(handle)
    assert len(checks) == 3, "one Argon2 computation each, for nobody too"
    assert known.status_code == unknown.status_code == nothing.status_code == 403
    assert known.text.replace(EMAIL, "") == unknown.text.replace("nobody@wagner.example", "")
    assert known.headers.keys() == unknown.headers.keys()
    assert Read(known.text).field("email")["value"] == EMAIL, "what was typed need not be typed again"
    assert "value" not in Read(known.text).field("password")
    assert told(await world.sign_in(handle))["code"]


@pytest.mark.parametrize("length", [1, 10_000])
async def test_a_password_of_any_length_is_just_wrong(world: World, length: int) -> None:
    handle, _ = await world.page()
    answer = await world.enter(handle, email=EMAIL, password="ß" * length)
    assert answer.status_code == 403 and "wrong" in answer.text and "ßß" not in answer.text


async def test_what_is_typed_is_never_markup(world: World) -> None:
    handle, _ = await world.page()
    typed = "\"'><script>alert(1)</script>&amp;"
    answer = await world.enter(handle, email=typed, password="x", language="<b>")
    assert "<script" not in answer.text and Read(answer.text).field("email")["value"] == typed


@pytest.mark.parametrize("content", [b"", b"a=%ff", b"\xff\xfe", b"request=1&request=2", b"&" * 9_000, b"{}"])
async def test_a_broken_form_is_a_sign_in_that_is_over(world: World, content: bytes) -> None:
    await world.page()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await world.browser.post("/sign-in", content=content, headers=headers)
    assert answer.status_code == 400 and answer.headers["content-type"].startswith("text/html")


async def test_too_many_attempts_say_how_long_to_wait(world: World) -> None:
    handle, _ = await world.page()
    for _ in range(6):
        answer = await world.enter(handle, email=EMAIL, password="wrong")
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert f"wait {answer.headers['retry-after']} s" in answer.text


@dataclass
class Asks:
    kind: str = "test"

    def is_due(self, arrival: Arrival) -> bool:
        return arrival.ways == ("password",)

    async def passes(self, _arrival: Arrival, answer: Secret, _source: str) -> bool:
        return answer.reveal() == "right"


async def test_a_further_step_is_asked_before_the_client_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"test.title": "One more", "test.label": "Number", "test.help": "From the other device"}
    entries = language._entries("en") | own
    monkeypatch.setattr(language, "_entries", lambda _language: entries)
    world.identity.entry.further = (Asks(),)
    handle, _ = await world.page()
    asked = await world.sign_in(handle)
    assert asked.status_code == 303 and asked.headers["location"].startswith("/sign-in?request=")
    shown = await world.browser.get(asked.headers["location"])
    assert Read(shown.text).field("answer")["autocomplete"] == "one-time-code"
    assert [one["name"] for one in Read(shown.text).all("input") if one["type"] == "password"] == []
    wrong = await world.enter(handle, answer="wrong")
    assert wrong.status_code == 403 and "not right" in wrong.text and "One more" in wrong.text
    assert (await world.sign_in(handle)).status_code == 403, "the password is no answer to it"
    assert told(await world.enter(handle, answer="right"))["code"]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "de"),
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,it;q=0.8", "en"),
        ("fr;q=1,de;q=0.3", "de"),
        ("de;q=0.1,en;q=0.2", "en"),
        (";;;q=,,,de;q=nan", "de"),
        ("," * 5_000, "en"),
    ],
)
async def test_the_page_speaks_what_the_browser_reads(world: World, accepted: str, expected: str) -> None:
    world.browser.headers["accept-language"] = accepted
    _, shown = await world.page()
    assert shown.all("html") == [{"lang": expected}]


async def test_the_language_can_be_switched_and_stays(world: World) -> None:
    handle, shown = await world.page(ui_locales="en")
    (switch,) = shown.all("a")
    german = await world.browser.get(switch["href"])
    assert Read(german.text).all("html") == [{"lang": "de"}]
    again = await world.enter(handle, email=EMAIL, password="wrong", language="de")
    assert "stimmt nicht" in again.text and again.headers["content-language"] == "de"


class TestABrand:
    @pytest.fixture
    def front(self) -> Front:
        return Front("<b>Müller & Söhne</b>")

    async def test_it_is_text(self, world: World) -> None:
        _, shown = await world.page()
        assert "<b>Müller & Söhne</b>" in shown.text and shown.all("b") == []


async def test_an_outage_is_a_page_too(world: World) -> None:
    from leaddesk.server.database.failures import StorageUnavailable

    handle, _ = await world.page()
    with patch.object(world.identity.entry, "prove", side_effect=StorageUnavailable):
        answer = await world.sign_in(handle)
    assert answer.status_code == 503 and answer.headers["content-type"].startswith("text/html")
    assert answer.headers["retry-after"] == "1"


def test_both_languages_have_the_same_words() -> None:
    german, english = (language._entries(one) for one in ("de", "en"))
    assert german.keys() == english.keys()
    for key, sentence in german.items():
        assert re.findall(r"\{\w+\}", sentence) == re.findall(r"\{\w+\}", english[key])


def fields(handle: str) -> dict[str, str]:
    return {"request": handle, "email": EMAIL, "password": PASSWORD}
