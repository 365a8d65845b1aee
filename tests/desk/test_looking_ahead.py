"""A start resumes and loads its first rows before anybody asks; who asks then hears what came of it."""

from __future__ import annotations

import asyncio

from leaddesk.desk.outcomes import Offline, Ok
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, Town

LEADS = 12
ROUNDS = 25
"""Questions to the server, one after the other: meanwhile a load that does not wait would be done."""


async def kept(town: Town) -> Office:
    """Return a later start of Maren's, who left a sign-in."""
    maren = await town.office("Maren")
    later = await town.office()
    later.session.vault = later.session.bearer._vault = maren.session.vault
    return later


async def test_the_first_rows_are_there_and_the_rest_waits_until_somebody_shows_them(town: Town) -> None:
    town.trade.add_leads(LEADS)
    later = await kept(town)
    ahead = asyncio.create_task(later.desk.look_ahead())
    await later.until(lambda: len(later.store.leads))
    for _ in range(ROUNDS):
        assert await later.desk.reachable()
    assert later.desk.sign_in.state.value is SessionState.SIGNED_IN
    assert not later.desk.sync.progress.value.done
    assert not later.store.forms.all()
    shown = asyncio.create_task(later.desk.run())
    await later.until(lambda: later.desk.sync.progress.value.done)
    assert len(later.store.leads) >= LEADS
    later.desk.lock()
    await asyncio.wait_for(asyncio.gather(ahead, shown), 60)
    assert len(later.store.leads) == 0


async def test_who_goes_on_with_it_ends_it(town: Town) -> None:
    later = await kept(town)
    ahead = asyncio.create_task(later.desk.look_ahead())
    await later.until(lambda: later.desk.sign_in.me)
    shown = asyncio.create_task(later.desk.run())
    await later.until(lambda: later.desk.sync.progress.value.done)
    shown.cancel()
    await asyncio.wait_for(asyncio.gather(ahead, shown, return_exceptions=True), 60)
    assert later.desk._work is None


async def test_what_came_of_it_is_told_once_to_who_asks(town: Town) -> None:
    later = await kept(town)
    later.line.cut = True
    await later.desk.look_ahead()
    later.line.cut = False
    assert await later.desk.sign_in.resume() == Offline()
    assert isinstance(await later.desk.sign_in.resume(), Ok)


async def test_who_asked_before_is_not_overtaken(town: Town) -> None:
    later = await kept(town)
    assert isinstance(await later.desk.sign_in.resume(), Ok)
    await later.desk.look_ahead()
    assert later.desk._work is None


async def test_who_asks_while_it_is_under_way_waits_for_it(town: Town) -> None:
    later = await kept(town)
    ahead = asyncio.create_task(later.desk.sign_in.resume(ahead=True))
    await asyncio.sleep(0)
    assert await later.desk.sign_in.resume() is await ahead
    assert isinstance(await ahead, Ok)
