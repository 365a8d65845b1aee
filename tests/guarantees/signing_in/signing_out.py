"""B7: a sign-out is complete within a second, with and without a connection.

Against the real server and a real keyring: tokens, leads and the entry of the keyring are gone, the server
knows neither token any more where it could be told, and nothing is sent with them afterwards. The clipboard
is the window's (test_stages). A keyring that is ill at that moment forgets later (:mod:`.left_behind`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from time import monotonic
from unittest.mock import patch

import httpx

from leaddesk.session import session as sessions
from leaddesk.session.keyring_vault import KeyringVault
from tests.desk.conftest import Office, Town, served
from tests.guarantees.figure import Figure
from tests.guarantees.signing_in.left_behind import removals
from tests.support.trade import opened

SECONDS, PATIENCE = 1.0, 60.0
LEADS = 20
WEATHERS = ("fine", "cut", "silent")
SHORT, FULL = 9, 300
ILL_SHORT, ILL_FULL = 3, 60


class Silent(httpx.AsyncBaseTransport):
    """A network that takes a request and never answers."""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing is open."""


class _Leaving:
    """One person who signs out, and what is left of them."""

    def __init__(self, town: Town, office: Office) -> None:
        self._town, self.office = town, office
        self.vault = KeyringVault(seconds=PATIENCE)
        self.office.session.vault = self.office.session.bearer._vault = self.vault

    async def go(self, weather: str) -> tuple[float, list[str]]:
        """Sign in, work, sign out; gives how long it took and what is wrong."""
        office = self.office
        await office.start("Jens")
        profile, used = office.session.bearer.profile, await office.session.bearer.enter()
        assert profile is not None
        looking = KeyringVault(seconds=PATIENCE)
        if len(office.store.leads) < LEADS or await looking.load(self._town.url) is None:
            return 0.0, ["nothing was there to be lost"]
        inner, office.line.cut = office.line._inner, weather == "cut"
        office.line._inner = Silent() if weather == "silent" else inner
        office.line.sent.clear()
        began = monotonic()
        leaving = asyncio.create_task(office.desk.sign_in.sign_out())
        wrong = [] if len(office.store.leads) else ["leads went before anybody asked"]
        await asyncio.sleep(0)
        wrong += ["leads are left"] if len(office.store.leads) else []
        wrong += ["tokens are left"] if office.session.bearer.profile is not None else []
        while await looking.load(self._town.url) and monotonic() - began < PATIENCE:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        took = monotonic() - began
        await leaving
        office.line._inner, office.line.cut = inner, False
        told = [path for _, path, _ in office.line.sent]
        if weather == "fine":
            wrong += [] if told == ["/oauth/revoke"] else [f"sent {told}"]
            wrong += await self._known(used.authorization.reveal() if used.authorization else "")
        elif set(told) - {"/oauth/revoke"}:
            wrong.append(f"sent {told}")
        return took, wrong

    async def _known(self, authorization: str) -> list[str]:
        async with httpx.AsyncClient(base_url=self._town.url, trust_env=False, timeout=60) as http:
            answer = await http.get("/me", headers={"authorization": authorization})
        return [] if answer.status_code == 401 else [f"the old token still gives {answer.status_code}"]


async def _never(_self: object) -> None:
    """The planted fault: what was dropped stays in the keyring, and nobody tells the server."""


async def guarantee(
    env: Mapping[str, str],
    *,
    planted: bool = False,
    counts: tuple[int, int] | None = None,
    timed: bool = True,
) -> Figure:
    """Sign out in every weather; with ``planted`` tokens are only forgotten here, and nobody tries again.

    ``counts``: sign-outs, and those beside an ill keyring.
    """
    rounds, ill = counts or ((FULL, ILL_FULL) if os.environ.get("FULL") == "1" else (SHORT, ILL_SHORT))
    finish = _never if planted else sessions.Session.finish
    findings, longest = list[str](), 0.0
    async with AsyncExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, dict(env)))
        stack.enter_context(patch.object(sessions.Session, "finish", finish))
        patience = patch(f"{__name__}.PATIENCE", 2.0) if planted else None
        if patience is not None:
            stack.enter_context(patience)
        trade = await stack.enter_async_context(opened())
        for _ in range(LEADS):
            trade.add_lead(keeper="Jens")
        url = await stack.enter_async_context(served(trade.app))
        town = Town(trade, url, stack)
        for number in range(1 if planted else rounds):
            weather = WEATHERS[number % len(WEATHERS)]
            lasted, wrong = await _Leaving(town, await town.office()).go(weather)
            longest = max(longest, lasted)
            findings += [f"{weather}: {one}" for one in wrong]
            if timed and lasted > SECONDS:
                findings.append(f"{weather}: took {lasted:.2f} s")
        left = await removals(town, min(ill, 1) if planted else ill, planted=planted) if ill else []
    sentence = (
        f"sign-outs: {len(findings)} of {rounds} incomplete after a second (longest {longest * 1000:.0f} ms),"
        f" {len(left)} of {ill} left in a keyring that was ill"
    )
    if planted and ill and not left:
        findings = []
    return Figure(sentence, rounds + ill, (*findings, *left), enough=1)
