"""Sign-ins are on the tenant's access log, under pseudonyms, and no outsider learns anything by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.sessions import Sessions
from leaddesk.server.oversight import reading
from leaddesk.server.oversight.access_log import AccessLogUnavailable
from tests.server.web.accounts.test_accounts import ASKED, FORM, enrolled, totp
from tests.support.trade import PASSWORD, Trade


class Book:
    """What stands on the access log of the first firm."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(trade.app), base_url="http://server")

    async def lines(self) -> list[tuple[str, str, str]]:
        """Wait until all is written; act, result and detail, the oldest first."""
        await asyncio.wait_for(self.trade.services.journal.emptied(), 60)
        storage = self.trade.services.access_log.storage
        found = reading.page(storage, self.trade.wagner, reading.Wanted(), 2**62, 1_000)
        told = [(one.action, one.result, one.detail) for one in reversed(found)]
        return [one for one in told if one[0].startswith(("sign", "session.reused", "step-up"))]

    async def challenge(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return await self.client.post("/oauth/challenge", json={"email": email, "password": password} | ASKED)


@pytest.fixture
async def book(trade: Trade) -> AsyncIterator[Book]:
    book = Book(trade)
    work = asyncio.create_task(trade.services.journal.run())
    yield book
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await book.client.aclose()


async def test_coming_in_and_being_refused_are_written_down(trade: Trade, book: Book) -> None:
    await book.challenge("thomas@x.example", "wrong")
    code = (await book.challenge("thomas@x.example")).json()["authorization_code"]
    tokens = (await book.client.post("/oauth/token", data=FORM | {"code": code})).json()
    await book.client.post("/oauth/revoke", data={"token": tokens["refresh_token"]})
    assert await book.lines() == [
        ("sign-in", "sign-in-refused", ""),
        ("sign-in", "done", '{"filter":{"ways":"password"}}'),
        ("sign-out", "done", ""),
    ]
    await book.client.post("/oauth/revoke", data={"token": tokens["refresh_token"]})
    assert len(await book.lines()) == 3, "nobody is signed out twice"


async def test_the_second_step_is_told_apart(trade: Trade, book: Book) -> None:
    who = await trade.sign_in("Thomas")
    secret, _ = await enrolled(trade, who)
    ticket = (await book.challenge("thomas@x.example")).json()["ticket"]
    for code in ("000000", totp(trade, secret)):
        step = {"ticket": ticket, "code": code}
        await book.client.post("/oauth/challenge/second-factor", json=step)
    await who.client.post("/me/step-up", json={"password": "wrong"})
    assert (await book.lines())[-3:] == [
        ("sign-in.second-factor", "sign-in-refused", ""),
        ("sign-in", "done", '{"filter":{"ways":"password second-factor"}}'),
        ("step-up", "sign-in-refused", ""),
    ]


async def test_a_token_that_comes_twice_is_written_down(trade: Trade, book: Book) -> None:
    sessions = Sessions(lambda: trade.now, trade.people.books)
    grant = sessions.open(trade.wagner, trade.members["Maren"])
    form = {"grant_type": "refresh_token", "client_id": "leaddesk-desktop"}
    form |= {"refresh_token": grant.refresh.reveal()}
    for rotation, status in (("one", 200), ("two", 400)):
        answer = await book.client.post("/oauth/token", data=form | {"rotation_id": rotation})
        assert answer.status_code == status
    assert await book.lines() == [("session.reused", "done", "")]
    await book.client.post("/oauth/token", data=form | {"rotation_id": "three"})
    assert len(await book.lines()) == 1
    old = sessions.open(trade.wagner, trade.members["Maren"])
    trade.now += timedelta(days=40)
    await book.client.post("/oauth/token", data=form | {"refresh_token": old.refresh.reveal()})
    assert len(await book.lines()) == 1, "too old is not twice"


async def test_outsiders_learn_nothing_by_it(
    trade: Trade, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the answer the same questions are asked, whoever there is; of nobody nothing is written."""
    asked: list[str] = []
    await book.challenge("maren@x.example")  # the password of a test is hashed at its first use
    await book.lines()
    for name in ("at", "behind", "apart"):
        real = getattr(Books, name)

        def noted(
            self: Books, *args: object, _real: object = real, _name: str = name, **more: object
        ) -> object:
            if not answered.is_set():
                asked.append(_name)
            return _real(self, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(Books, name, noted)
    found = []
    for email in ("maren@x.example", "nobody@x.example"):
        answered = asyncio.Event()
        asked.clear()
        monkeypatch.setattr(trade.services.journal, "_loop", None)  # what is written is written later
        answer = await book.challenge(email, "wrong")
        answered.set()
        found.append((answer.status_code, answer.content, tuple(asked)))
    assert found[0] == found[1]
    trade.services.journal._loop = asyncio.get_running_loop()
    trade.services.journal._heard.set()
    assert (await book.lines())[1:] == [("sign-in", "sign-in-refused", "")]


async def test_what_cannot_be_written_now_is_written_later(
    trade: Trade, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.services.journal.pause_seconds, tried = 0.01, list[int]()
    log = trade.services.access_log
    real = type(log).record

    async def failing(self: object, deed: object) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise AccessLogUnavailable
        await real(log, deed)  # type: ignore[arg-type]

    monkeypatch.setattr(type(log), "record", failing)
    assert (await book.challenge("maren@x.example", "wrong")).status_code == 401, "the answer does not wait"
    assert await book.lines() == [("sign-in", "sign-in-refused", "")] and len(tried) == 3


async def test_what_lies_there_names_nobody(trade: Trade, book: Book) -> None:
    await book.challenge("maren@x.example")
    await book.lines()
    storage = trade.services.access_log.storage
    (entry,) = reading.page(storage, trade.wagner, reading.Wanted(), 2**62, 10)
    assert entry.person.startswith("person-") and entry.role == "rep"
    assert trade.members["Maren"] not in str(entry) and "maren" not in str(entry)
