"""Loading and following, also where the server or the line is not at its best."""

from __future__ import annotations

import asyncio

import httpx

from leaddesk.desk.outcomes import Ok
from leaddesk.desk.sync import Phase
from tests.desk.conftest import PATIENCE, Line, Office, Town


class Failing(httpx.AsyncBaseTransport):
    """Lets a path fail a number of times."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: str, times: int) -> None:
        self._inner, self._path, self.times = inner, path, times

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == self._path and self.times:
            self.times -= 1
            raise httpx.ReadError("failing", request=request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def count(line: Line, path: str) -> int:
    return sum(asked == path for _, asked, _ in line.sent)


async def test_progress_counts_up_to_the_announced_total(town: Town) -> None:
    town.trade.add_leads(1500)
    maren = await town.office()
    seen: list[tuple[int, int | None, bool]] = []
    maren.desk.sync.progress.changed.subscribe(lambda now: seen.append((now.loaded, now.total, now.done)))
    await maren.start("Maren")
    assert seen[-1] == (1500, 1500, True)
    assert seen[0] == (0, 1500, False)
    assert [loaded for loaded, *_ in seen] == sorted(loaded for loaded, *_ in seen)
    assert len(maren.store.leads) == 1500


async def test_the_stream_is_open_before_the_load_begins(town: Town) -> None:
    maren = await town.office("Maren")
    paths = [path for _, path, _ in maren.line.sent]
    assert paths.index("/events") < paths.index("/leads")


async def test_the_loop_has_many_turns_while_loading(town: Town) -> None:
    """How long the longest takes is a benchmark's figure; here a busy machine shares the loop."""
    town.trade.add_leads(3000)
    maren = await town.office()
    await maren.sign_in("Maren")
    seen = set[int]()
    maren.begin()
    async with asyncio.timeout(PATIENCE):
        while not maren.desk.sync.progress.value.done:
            await asyncio.sleep(0)
            seen.add(len(maren.store.leads))
    assert len(seen) > 3, "slice by slice"


async def test_a_load_that_breaks_is_begun_again(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office()
    maren.line._inner = Failing(maren.line._inner, "/leads", 1)
    await maren.start("Maren")
    assert maren.has(lead)


async def test_a_change_that_could_not_be_read_is_read_later(town: Town) -> None:
    lead = town.trade.add_lead()
    maren, jens = await town.office("Maren"), await town.office("Jens")
    maren.line._inner = Failing(maren.line._inner, f"/leads/{lead}", 2)
    assert isinstance(await jens.desk.leads.change_step(lead, "Angebot"), Ok)
    await maren.until(lambda: maren.step(lead) == "Angebot")


async def test_a_burst_of_changes_is_followed(town: Town) -> None:
    leads = town.trade.add_leads(40)
    maren, jens = await town.office("Maren"), await town.office("Jens")
    await asyncio.gather(*(jens.desk.leads.change_step(lead, "Kontakt") for lead in leads))
    await maren.until(lambda: all(maren.step(lead) == "Kontakt" for lead in leads))


async def test_without_push_the_server_is_asked_again_and_again(town: Town) -> None:
    lead = town.trade.add_lead()
    maren: Office = await town.office()
    await maren.sign_in("Maren")
    info = maren.desk.sign_in.info
    assert info is not None
    fewer = [one for one in info.capabilities if one != "live"]
    maren.desk.sign_in.info = info.model_copy(update={"capabilities": fewer})
    maren.begin()
    await maren.until(lambda: maren.desk.sync.progress.value.done)
    assert maren.desk.sync.connection.value.phase is Phase.POLLING
    jens = await town.office("Jens")
    await jens.desk.leads.change_step(lead, "Kontakt")
    maren.desk.sync.retry_now()
    await maren.until(lambda: maren.step(lead) == "Kontakt")
    assert count(maren.line, "/events") == 0


async def test_phases_tell_since_when_and_when_next(town: Town) -> None:
    maren = await town.office("Maren")
    await maren.until(lambda: maren.desk.sync.connection.value.phase is Phase.LIVE)
    await maren.cut()
    first = maren.desk.sync.connection.value
    maren.desk.sync.retry_now()
    await maren.until(lambda: maren.desk.sync.connection.value != first)
    second = maren.desk.sync.connection.value
    assert (second.phase, second.since) == (Phase.OFFLINE, first.since)
    assert second.retry_at is not None
