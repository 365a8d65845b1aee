"""A lock waits a tenth of a second for the server; one that missed its end does not list the device twice."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from leaddesk.desk.account import own_sessions
from leaddesk.desk.outcomes import Ok
from leaddesk.personal.masked import Secret
from leaddesk.ui.shell.leaving.leaving import _SHORTER_FAREWELL_SECONDS
from tests.desk.conftest import Office, Town
from tests.support.trade import PASSWORD

WAYS = ("answers late", "hears nothing", "cannot be reached")


class Slow(httpx.AsyncBaseTransport):
    """A network on which revocations go wrong, and lists of sessions so many times."""

    def __init__(self, inner: httpx.AsyncBaseTransport, way: str) -> None:
        self._inner, self._way = inner, way
        self.fails = 0
        self._closed = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/revoke":
            if self._way == "cannot be reached":
                raise httpx.ConnectError("cut", request=request)
            if self._way == "answers late":
                await (await self._inner.handle_async_request(request)).aclose()
            await self._closed.wait()
            raise httpx.ReadError("closed", request=request)
        if request.url.path == "/sessions" and self.fails:
            self.fails -= 1
            raise httpx.ConnectError("cut", request=request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        self._closed.set()
        await self._inner.aclose()


async def lock(office: Office, way: str) -> Slow:
    """Lock as the window does, at a server that is slow in one way."""
    slow = office.line._inner = Slow(office.line._inner, way)
    office.desk.lock()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SHORTER_FAREWELL_SECONDS):
            await office.desk.finish_lock()
    assert office.work is not None
    await office.work
    return slow


async def unlock(office: Office) -> None:
    assert (await office.desk.sign_in.unlock(Secret(PASSWORD))).code == "ok"
    office.begin()


async def listed(office: Office) -> int:
    found = await office.desk.own_sessions.all()
    assert isinstance(found, Ok)
    return len(found.value)


async def until_one(office: Office) -> None:
    await office.until(lambda: not office.desk.unheard)
    assert await listed(office) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_device_stays_one_entry_however_slow_the_server_was_at_the_lock(town: Town, way: str) -> None:
    office = await town.office("Jens")
    for _ in range(3):
        await lock(office, way)
        assert len(office.desk.unheard) == 1
        await unlock(office)
        await until_one(office)


async def test_without_it_the_device_would_be_listed_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_self: object, _ids: set[str]) -> None:
        return

    monkeypatch.setattr(own_sessions.OwnSessions, "end_unheard", nothing)
    office = await town.office("Jens")
    await lock(office, "hears nothing")
    await unlock(office)
    assert await listed(office) == 2


async def test_a_process_that_begins_anew_goes_on_with_it(town: Town) -> None:
    office = await town.office("Jens")
    await lock(office, "hears nothing")
    next_one = await town.office()
    next_one.desk.unheard.update(office.desk.unheard)
    await next_one.start("Jens")
    await until_one(next_one)


async def test_a_server_that_is_away_at_the_unlock_is_asked_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_sessions, "_FIRST_PAUSE", 0.01)
    office = await town.office("Jens")
    slow = await lock(office, "hears nothing")
    slow.fails = 2
    await unlock(office)
    await until_one(office)


async def test_another_persons_sessions_are_left_alone(town: Town) -> None:
    jens, maren = await town.office("Jens"), await town.office()
    maren.desk.unheard.update(("foreign", str(jens.session.bearer.profile.session)))  # type: ignore[union-attr]
    await maren.start("Maren")
    await maren.until(lambda: not maren.desk.unheard)
    assert not [path for method, path, _ in maren.line.sent if method == "DELETE"]
    assert await listed(jens) == 1


async def test_a_revocation_that_was_answered_leaves_nothing_to_do(town: Town) -> None:
    office = await town.office("Jens")
    office.desk.lock()
    await office.desk.finish_lock()
    assert office.desk.unheard == set()


async def test_the_id_is_known_after_a_renewal_and_is_in_no_vault(town: Town) -> None:
    office = await town.office("Jens")
    profile = office.session.bearer.profile
    assert profile is not None and profile.session is not None and profile.session not in profile.to_text()
    office.session.bearer._access = None
    await office.session.bearer.enter()
    renewed = office.session.bearer.profile
    assert renewed is not None and renewed.session == profile.session
