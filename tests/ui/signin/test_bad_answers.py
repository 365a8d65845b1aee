"""Servers and browsers that answer what nobody means: a sentence at the window, nothing lost (D1, B8)."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from leaddesk.api.client import ApiClient
from leaddesk.desk.sign_in import SignIn
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.browser import flow
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.sign_in_state import SignInState
from tests.stories.stage import Stage

SERVER, ELSEWHERE = "http://127.0.0.1:9", "http://127.0.0.1:10"
STATE = SignInState(Instance("Live"), SERVER, "0.1.0")
MAIL, CODE = "jens@x.example", "the-code-of-the-server"
HTML = (200, "text/html", b"<html><h1>Welcome to our guests' network</h1></html>")
PORTAL = "outcome.obstacle.portal"
REFUSED = {
    "type": "urn:leaddesk:problem:sign-in-refused",
    "title": "t",
    "status": 401,
}


def told(facts: object, status: int = 200, media: str = "application/json") -> tuple[int, str, bytes]:
    return status, media, json.dumps(facts).encode()


GOOD = told({"authorization_code": CODE})
REPLAYED = told({"error": "invalid_grant"}, 400)
METADATA = {
    "issuer": SERVER,
    "authorization_endpoint": f"{SERVER}/oauth/authorize",
    "token_endpoint": f"{SERVER}/oauth/token",
    "revocation_endpoint": f"{SERVER}/oauth/revoke",
    "response_types_supported": ["code"],
    "grant_types_supported": ["authorization_code", "refresh_token"],
    "code_challenge_methods_supported": ["S256"],
    "token_endpoint_auth_methods_supported": ["none"],
    "response_modes_supported": ["query"],
    "revocation_endpoint_auth_methods_supported": ["none"],
    "authorization_response_iss_parameter_supported": True,
    "ui_locales_supported": ["de", "en"],
    "leaddesk_challenge_endpoint": f"{SERVER}/oauth/challenge",
    "leaddesk_ways_endpoint": f"{SERVER}/oauth/ways",
}


class Liar:
    """A server that answers by path what it was told to; the clerk and the page at it are the product's."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.answers = {"/.well-known/oauth-authorization-server": told(METADATA)}
        self.session = Session(ApiClient(http), MemoryVault(), SERVER)
        self.clerk = SignIn(ApiClient(http, self.session.bearer), self.session)
        self.page = SignInPage(STATE)
        self.presenter = SignInPresenter(self.page, self.clerk, STATE, TaskScope(pytest.fail))

        self.breaks: Exception | None = None

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if self.breaks is not None:
            raise httpx.ConnectError("broken") from self.breaks
        status, media, body = self.answers.get(request.url.path, (404, "text/plain", b"?"))
        return httpx.Response(status, headers={"content-type": media}, stream=httpx.ByteStream(body))

    async def says(self) -> str:
        """Wait for the attempt's end; return what the page says."""
        async with asyncio.timeout(60):
            while self.presenter.state().trouble is None:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        labels = [one for one in self.page.findChildren(QLabel) if one.isVisibleTo(self.page)]
        return " ".join(one.text() for one in labels)


@pytest.fixture
async def liar(stage: Stage) -> AsyncIterator[Liar]:
    async def passed_on(request: httpx.Request) -> httpx.Response:
        return await found.answer(request)

    transport = httpx.MockTransport(passed_on)
    async with httpx.AsyncClient(base_url=SERVER, transport=transport, trust_env=False) as http:
        found = Liar(http)
        yield found
        found.presenter.close()
        found.page.deleteLater()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"/oauth/challenge": HTML}, PORTAL),
        ({"/oauth/challenge": told(["no", "object"])}, "signin.trouble_not_leaddesk"),
        ({"/oauth/challenge": GOOD, "/oauth/token": HTML}, PORTAL),
        ({"/oauth/challenge": GOOD, "/oauth/token": REPLAYED}, "signin.trouble_code_over"),
        ({"/oauth/challenge": told(REFUSED, 401, "application/problem+json")}, "signin.trouble_wrong"),
    ],
    ids=["html", "another json", "html for tokens", "a code that was used", "refused"],
)
async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    liar: Liar, answers: dict[str, tuple[int, str, bytes]], sentence: str
) -> None:
    liar.answers |= answers
    liar.page.findChildren(QLineEdit)[0].setText(MAIL)
    liar.page.sign_in_requested.emit(Personal(MAIL), Secret("p"))
    assert text(sentence) in await liar.says()
    assert liar.session.state is not SessionState.SIGNED_IN and liar.session.bearer.profile is None
    assert liar.presenter.state().email == MAIL


@pytest.mark.parametrize("length", [1, 10_000])
async def test_a_password_of_any_length_is_a_wrong_one(liar: Liar, length: int) -> None:
    liar.answers["/oauth/challenge"] = told(REFUSED, 401, "application/problem+json")
    liar.page.sign_in_requested.emit(Personal(MAIL), Secret("x" * length))
    assert text("signin.trouble_wrong") in await liar.says()


Answering = Callable[[dict[str, str]], dict[str, str]]


def browser(answering: Answering) -> Callable[[str], Awaitable[None]]:
    """A browser that comes back at once with what it was told to."""

    async def opened(address: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        back = urlsplit(asked["redirect_uri"])
        reader, writer = await asyncio.open_connection(back.hostname, back.port)
        line = f"GET /callback?{urlencode(answering(asked))} HTTP/1.1\r\nHost: {back.netloc}\r\n\r\n"
        writer.write(line.encode())
        await reader.read()
        writer.close()

    return opened


def _whole(asked: dict[str, str]) -> dict[str, str]:
    return {"state": asked["state"], "code": CODE, "iss": SERVER}


@pytest.mark.parametrize(
    ("answering", "sentence"),
    [
        (lambda asked: _whole(asked) | {"iss": ELSEWHERE}, "browser_late"),
        (lambda asked: _whole(asked) | {"state": "another"}, "browser_late"),
        (lambda asked: {"state": asked["state"], "error": "access_denied", "iss": SERVER}, "browser_refused"),
        (_whole, "code_over"),
    ],
    ids=["a mix-up of servers", "a forged callback", "given up there", "a code that was used"],
)
async def test_what_the_browser_brings_is_taken_or_told(
    liar: Liar, monkeypatch: pytest.MonkeyPatch, answering: Answering, sentence: str
) -> None:
    monkeypatch.setattr(flow, "PATIENCE", 0.3 if sentence == "browser_late" else 60.0)
    liar.answers["/oauth/token"] = REPLAYED
    assert await liar.clerk.ways() is not None
    opening = browser(answering)
    liar.presenter.attempt(lambda: liar.clerk.sign_in_with_browser(opening, b"<p>in", b"<p>not in"))
    assert text(f"signin.trouble_{sentence}") in await liar.says()
    assert liar.session.state is not SessionState.SIGNED_IN and liar.session.bearer.profile is None


@pytest.mark.parametrize("named", ["issuer", "authorization_endpoint"])
async def test_a_server_that_names_another_has_no_browser_to_offer(liar: Liar, named: str) -> None:
    forged = METADATA | {named: f"{ELSEWHERE}/oauth/authorize"}
    liar.answers["/.well-known/oauth-authorization-server"] = told(forged)
    ways = await liar.clerk.ways()
    assert ways is not None and ways.form and ways.browser is None and ways.misnamed


async def test_a_server_that_describes_itself_in_html_is_no_way_to_sign_in(liar: Liar) -> None:
    liar.answers["/.well-known/oauth-authorization-server"] = HTML
    assert await liar.clerk.ways() is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(9, "outcome.obstacle.clock"), (10, "outcome.obstacle.clock"), (20, "signin.trouble_untrusted")],
)
async def test_a_wrong_clock_is_told_from_a_wrong_certificate(liar: Liar, code: int, sentence: str) -> None:
    broken = ssl.SSLCertVerificationError(1, "certificate verify failed")
    broken.verify_code = code
    liar.breaks = broken
    liar.page.sign_in_requested.emit(Personal(MAIL), Secret("p"))
    assert text(sentence) in await liar.says()


@pytest.mark.parametrize("note", sorted(set(VaultNote) - {VaultNote.KEPT, VaultNote.MEMORY}))
async def test_a_keyring_that_keeps_nothing_is_said_whatever_it_was(liar: Liar, note: VaultNote) -> None:
    """Absent, locked or its prompt dismissed, slow, not vetted, a token too long."""
    liar.clerk.vault_changed.publish(note)
    labels = [one.text() for one in liar.page.findChildren(QLabel) if one.isVisibleTo(liar.page)]
    assert text("signin.session_only") in " ".join(labels)
    assert text(f"signin.session_only_{note.value}") in " ".join(labels)
