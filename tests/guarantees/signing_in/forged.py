"""B8: whoever knocks at the loopback address with something else than the answer is refused.

Each forged request lacks one thing that the right one has, has one too many, or differs from it by a bit.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator, Mapping
from unittest.mock import patch
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from leaddesk.personal.masked import Secret
from leaddesk.session.browser import callback
from leaddesk.session.browser.callback import Callback, Expected, Pages, listening
from tests.guarantees.figure import Figure

STATE, ISSUER, CODE = "Zx3-state_of-this.attempt", "https://desk.example", "the-one-time-code"
EXPECTED = Expected(Secret(STATE), ISSUER)
PAGES = Pages(b"<p>welcome", b"<p>sorry")
PATIENCE = 60.0
SHORT, FULL = 1_000, 20_000


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


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Forge answers; with ``planted`` the listener takes any state."""
    count = FULL if os.environ.get("FULL") == "1" else SHORT
    with patch.object(callback, "_is_same", (lambda *_: True) if planted else callback._is_same):
        async with listening(EXPECTED, PAGES) as waiting:
            taken = await forged(waiting, count)
            right = await sent(waiting.redirect_uri, request(waiting.redirect_uri))
    findings = ["a forged answer was taken"] * taken
    if not taken and not right.endswith(PAGES.heard):
        findings.append("the right answer was not taken after them")
    return Figure("forged callbacks: {found} of {looked:,} accepted", count, tuple(findings))
