"""A loopback address takes the one answer that was asked for, whoever else knocks (guarantee B8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from leaddesk.session.browser import callback, flow
from leaddesk.session.browser.callback import Answer, Callback, NoLoopback, listening
from leaddesk.session.browser.flow import NotOffered, NotSignedIn, Way, checked_way, granted
from leaddesk.session.tokens import challenge_of
from tests.guarantees.signing_in.forged import (
    CODE,
    EXPECTED,
    ISSUER,
    PAGES,
    PATIENCE,
    STATE,
    forged,
    request,
    sent,
)

FORGED = 1_000


async def test_forged_answers_are_refused_and_the_right_one_is_still_waited_for() -> None:
    async with listening(EXPECTED, PAGES) as waiting:
        assert await forged(waiting, FORGED) == 0
        assert waiting.refused > FORGED * 0.9
        assert (await sent(waiting.redirect_uri, request(waiting.redirect_uri))).endswith(PAGES.heard)
        answer = await waiting.answer(PATIENCE)
        assert answer.code is not None and answer.code.reveal() == CODE
        assert (await sent(waiting.redirect_uri, request(waiting.redirect_uri))).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("broken", ["_is_same", "_is_navigation"])
async def test_a_listener_that_forgets_to_look_is_caught(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(callback, broken, lambda *_: True)
    async with listening(EXPECTED, PAGES) as waiting:
        assert await forged(waiting, FORGED) == 1


async def test_a_refusal_at_the_server_is_an_answer_and_the_page_says_so() -> None:
    async with listening(EXPECTED, PAGES) as waiting:
        address = waiting.redirect_uri
        said = await sent(address, request(address, error="access_denied").replace(b"code=", b"x="))
        assert said.startswith(b"HTTP/1.1 200") and said.endswith(PAGES.refused)
        assert await waiting.answer(PATIENCE) == Answer(None, "access_denied")


async def test_what_the_browser_shows_loads_nothing_and_is_kept_nowhere() -> None:
    async with listening(EXPECTED, PAGES) as waiting:
        head = (
            (await sent(waiting.redirect_uri, request(waiting.redirect_uri)))
            .partition(b"\r\n\r\n")[0]
            .decode()
        )
    assert "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-" in head
    assert "cache-control: no-store" in head and "referrer-policy: no-referrer" in head
    assert CODE not in head and STATE not in head


async def test_who_says_nothing_holds_nobody_up_and_many_of_them_neither() -> None:
    async with listening(EXPECTED, PAGES) as waiting:
        split = urlsplit(waiting.redirect_uri)
        silent = [await asyncio.open_connection(split.hostname, split.port) for _ in range(8)]
        assert (await sent(waiting.redirect_uri, request(waiting.redirect_uri))).endswith(PAGES.heard)
        for _, writer in silent:
            writer.close()


async def test_it_listens_at_a_literal_address_that_is_this_machine_and_stops() -> None:
    async with listening(EXPECTED, PAGES) as waiting, listening(EXPECTED, PAGES) as other:
        assert urlsplit(waiting.redirect_uri).hostname in callback.HOSTS
        assert waiting.redirect_uri != other.redirect_uri and waiting.redirect_uri.endswith("/callback")
    split = urlsplit(waiting.redirect_uri)
    with pytest.raises(OSError):
        await asyncio.open_connection(split.hostname, split.port)


async def test_without_one_address_the_other_is_taken_without_both_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen, without = Callback.listen, ["127.0.0.1"]

    async def limited(self: Callback, host: str) -> asyncio.Server:
        if host in without:
            raise OSError
        return await listen(self, host)

    monkeypatch.setattr(Callback, "listen", limited)
    async with listening(EXPECTED, PAGES) as waiting:
        assert waiting.redirect_uri.startswith("http://[::1]:")
        assert (await sent(waiting.redirect_uri, request(waiting.redirect_uri))).endswith(PAGES.heard)
    without.append("::1")
    with pytest.raises(NoLoopback):
        async with listening(EXPECTED, PAGES):
            pass


def browser(answering: Callable[[dict[str, str]], dict[str, str]]) -> Callable[[str], object]:
    """A browser whose person signs in at once; the server answers as told."""

    async def opened(url: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        back = asked["redirect_uri"]
        said = urlencode(answering(asked))
        line = f"GET /callback?{said} HTTP/1.1\r\nHost: {urlsplit(back).netloc}\r\n\r\n"
        await sent(back, line.encode())

    return opened


async def test_a_grant_carries_the_verifier_of_its_challenge_and_the_address_that_was_asked_for() -> None:
    seen: dict[str, str] = {}

    def answering(asked: dict[str, str]) -> dict[str, str]:
        seen.update(asked)
        return {"state": asked["state"], "code": CODE, "iss": ISSUER, "session_state": "ignored"}

    grant = await granted(Way(f"{ISSUER}/oauth/authorize", ISSUER), browser(answering), PAGES)  # type: ignore[arg-type]
    assert grant.code.reveal() == CODE and grant.redirect_uri == seen["redirect_uri"]
    assert challenge_of(grant.verifier) == seen["code_challenge"] and seen["code_challenge_method"] == "S256"
    assert CODE not in repr(grant) and grant.verifier.reveal() not in repr(grant)


async def test_a_refusal_and_silence_end_the_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Way(f"{ISSUER}/oauth/authorize", ISSUER)
    with pytest.raises(NotSignedIn) as refused:
        await granted(
            way,
            browser(lambda asked: {"state": asked["state"], "error": "access_denied", "iss": ISSUER}),
            PAGES,
        )  # type: ignore[arg-type]
    assert refused.value.error == "access_denied"
    monkeypatch.setattr(flow, "PATIENCE", 0.01)
    with pytest.raises(TimeoutError):
        await granted(way, browser(lambda asked: {"state": "another", "code": CODE, "iss": ISSUER}), PAGES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("endpoint", "issuer"),
    [
        ("https://evil.example/oauth/authorize", ISSUER),
        (f"{ISSUER}/oauth/authorize", "https://evil.example"),
        ("https://desk.example.evil/oauth/authorize", ISSUER),
        ("https://desk.example@evil.example/a", ISSUER),
        ("http://desk.example/oauth/authorize", ISSUER),
        (f"{ISSUER}/oauth/authorize?client_id=x", ISSUER),
        (f"{ISSUER}/oauth/authorize#x", ISSUER),
        ("javascript:alert(1)", ISSUER),
    ],
)
def test_a_server_speaks_for_itself_only(endpoint: str, issuer: str) -> None:
    with pytest.raises(NotOffered):
        checked_way(ISSUER, endpoint, issuer)
    assert checked_way(ISSUER, f"{ISSUER}/oauth/authorize", ISSUER).issuer == ISSUER
