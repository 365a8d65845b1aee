"""B7: a sign-out is complete within a second, with and without a connection.

Against the real server and a real keyring: tokens, leads and the entry of the keyring are gone, the server
knows neither token any more where it could be told, and nothing is sent with them afterwards. The clipboard
is the window's (test_stages). A keyring that is ill at that moment forgets later (:mod:`.left_behind`); one
of several sign-ins of a window goes alone (:mod:`.beside`).
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
from tests.guarantees.signing_in.beside import mend, ones_of_two, spoil
from tests.guarantees.signing_in.left_behind import removals
from tests.support.trade import opened

SECONDS, PATIENCE = 1.0, 60.0
LEADS = 20
WEATHERS = ("fine", "cut", "silent")
SHORT, FULL = 9, 300
ILL_SHORT, ILL_FULL = 3, 60
BESIDE_SHORT, BESIDE_FULL = 3, 60


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
        inner = spoil(office.line, weather)
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
        mend(office.line, inner)
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


async def _never(_self: object, _patience: float | None = None) -> None:
    """The planted fault: what was dropped stays in the keyring, and nobody tells the server."""


async def guarantee(
    env: Mapping[str, str],
    *,
    planted: bool = False,
    counts: tuple[int, int, int] | None = None,
    timed: bool = True,
) -> Figure:
    """Sign out in every weather; with ``planted`` tokens are only forgotten here, nobody tries again, and a
    page that goes takes along what was left to do: each of the three has to be found.

    ``counts``: sign-outs, those beside an ill keyring, and those of one of two.
    """
    full, short = (FULL, ILL_FULL, BESIDE_FULL), (SHORT, ILL_SHORT, BESIDE_SHORT)
    wanted = counts or (full if os.environ.get("FULL") == "1" else short)
    rounds, ill, beside = (min(one, 1) for one in wanted) if planted else wanted
    seconds = SECONDS if timed else None
    with patch.dict(os.environ, dict(env)):
        alone, longest, left = await _alone(rounds, ill, seconds, planted=planted)
        both, slowest = await ones_of_two(_weathers(beside), seconds=seconds, planted=planted)
    sentence = (
        f"sign-outs: {len(alone)} of {rounds} incomplete after a second"
        f" (longest {longest * 1000:.0f} ms), {len(both)} of {beside} of one of two"
        f" (longest {slowest * 1000:.0f} ms), {len(left)} of {ill} left in a keyring that was ill"
    )
    missed = [count and not found for count, found in ((rounds, alone), (beside, both), (ill, left))]
    found = () if planted and any(missed) else (*alone, *both, *left)
    return Figure(sentence, sum(wanted), found, enough=1)


def _weathers(rounds: int) -> list[str]:
    return [WEATHERS[number % len(WEATHERS)] for number in range(rounds)]


async def _alone(
    rounds: int, ill: int, seconds: float | None, *, planted: bool
) -> tuple[list[str], float, list[str]]:
    """Sign out where nobody else is signed in; gives what is wrong, the longest, and what was kept."""
    findings, longest = list[str](), 0.0
    async with AsyncExitStack() as stack:
        finish = _never if planted else sessions.Session.finish
        stack.enter_context(patch.object(sessions.Session, "finish", finish))
        if planted:
            stack.enter_context(patch(f"{__name__}.PATIENCE", 2.0))
        trade = await stack.enter_async_context(opened())
        for _ in range(LEADS):
            trade.add_lead(keeper="Jens")
        url = await stack.enter_async_context(served(trade.app))
        town = Town(trade, url, stack)
        for weather in _weathers(rounds):
            lasted, wrong = await _Leaving(town, await town.office()).go(weather)
            longest = max(longest, lasted)
            findings += [f"{weather}: {one}" for one in wrong]
            if seconds is not None and lasted > seconds:
                findings.append(f"{weather}: took {lasted:.2f} s")
        left = await removals(town, ill, planted=planted) if ill else []
    return findings, longest, left
