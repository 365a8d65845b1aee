"""A loopback address takes the one answer that was asked for, whoever else knocks (guarantee B8)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from leaddesk.personal.masked import Secret
from leaddesk.session.browser import callback, flow
from leaddesk.session.browser.callback import Answer, Callback, Expected, NoLoopback, Pages, listening
from leaddesk.session.browser.flow import NotOffered, NotSignedIn, Way, checked_way, granted
from leaddesk.session.tokens import challenge_of

STATE, ISSUER, CODE = "Zx3-state_of-this.attempt", "https://desk.example", "the-one-time-code"
EXPECTED = Expected(Secret(STATE), ISSUER)
PAGES = Pages(b"<p>welcome", b"<p>sorry")
PATIENCE = 60.0
FORGED = 1_000


async def sent(address: str, request: bytes) -> bytes:
    """Send bytes to the listener as whoever runs on this machine can; gives what it says."""
    split = urlsplit(address)
    reader, writer = await asyncio.open_connection(split.hostname, split.port)
    try:
        writer.write(request)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), PATIENCE)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def request(
    address: str, *, path: str = "/callback", host: str | None = None, more: str = "", **said: str
) -> bytes:
    """What a browser sends that comes from the server."""
    query = urlencode({"state": STATE, "code": CODE, "iss": ISSUER} | said)
    host = urlsplit(address).netloc if host is None else host
    return f"GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{more}\r\n".encode()


def forgeries(address: str) -> Iterator[bytes]:
    """Requests that lack one thing that the answer has, or have one too many."""
    right, host = request(address), urlsplit(address).netloc
    for headers in (
        "Sec-Fetch-Mode: no-cors\r\n",
        "Sec-Fetch-Dest: image\r\n",
        "Origin: https://evil.example\r\n",
    ):
        yield request(address, more=headers)
    for other in (
        "",
        "localhost",
        "evil.example",
        f"evil.example:{host}",
        f"{host}.evil.example",
        "127.0.0.1",
    ):
        yield request(address, host=other)
    for path in (
        "/",
        "/callback/",
        "/Callback",
        "//callback",
        "/callback;",
        f"http://{host}/callback",
        "/%63allback",
    ):
        yield request(address, path=path)
    for issuer in ("", "https://evil.example", ISSUER + "/", ISSUER.upper(), "http://desk.example"):
        yield request(address, iss=issuer)
    for state in (
        "",
        STATE[:-1],
        STATE + "=",
        STATE.lower(),
        STATE + "\0",
        "\N{FULLWIDTH DIGIT ONE}" + STATE,
    ):
        yield request(address, state=state)
    yield request(address, error="access_denied")
    yield request(address, code="")
    for name, value in (("state", STATE), ("code", CODE), ("iss", ISSUER), ("code", "other")):
        yield right.replace(b"?", f"?{name}={quote(value)}&".encode(), 1)
    for name in (b"state=", b"code=", b"iss="):
        yield right.replace(name, b"x" + name)
    for method in (b"POST", b"HEAD", b"get", b"OPTIONS", b"PUT"):
        yield right.replace(b"GET", method, 1)
    for old, new in (
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"Host:", b"Host: x\r\nHost:"),
        (b"Host:", b" Host:"),
        (b"\r\n", b"\n"),
    ):
        yield right.replace(old, new, 1)
    yield right.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
    drawn = random.Random(8)
    while True:
        at, bit = drawn.randrange(4, right.index(b" HTTP")), 1 << drawn.randrange(8)
        changed = bytes([*right[:at], right[at] ^ bit, *right[at + 1 :]])
        if not _says_the_same(changed):
            yield changed


def _says_the_same(changed: bytes) -> bool:
    """Another code with the right state, or one more unknown word, is an answer too."""
    said = parse_qs(changed.split(b" ")[1].partition(b"?")[2].decode("latin-1"), keep_blank_values=True)
    whole = changed.startswith(b"GET /callback?") and changed.count(b" ") == request("http://x").count(b" ")
    return whole and said.get("state") == [STATE] and said.get("iss") == [ISSUER]


async def forged(waiting: Callback, count: int) -> int:
    """Send forged answers; gives how many were taken."""
    found = forgeries(waiting.redirect_uri)
    for _ in range(count):
        said = await sent(waiting.redirect_uri, next(found))
        if said.startswith(b"HTTP/1.1 200"):
            return 1
    return 0


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
