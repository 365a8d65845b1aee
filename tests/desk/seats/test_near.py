"""While the keyring is asked, the way to the likely server is opened; nothing of a person is sent (P2)."""

from __future__ import annotations

import httpx

from leaddesk.desk.seats.seat import Origin
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.settings.address import read_address
from leaddesk.wiring.seating import HouseRules, Near, connect
from tests.desk.conftest import Town


async def test_it_asks_what_anybody_may_and_a_session_takes_the_way_over(town: Town) -> None:
    near = Near(read_address(town.url, "town"), HouseRules())
    sent: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        sent.append(request)

    near.http.event_hooks["request"].append(note)
    await near.greet()
    assert [request.url.path for request in sent] == ["/.well-known/leaddesk"]
    assert not {"authorization", "cookie"} & {name.lower() for name in sent[0].headers}
    line = connect(Origin(near.address), MemoryVault(), HouseRules(), near)
    assert await line.session.discover() == near.offers
    assert len(sent) == 1, "what was heard is not asked again"
    assert await line.session.discover() == near.offers
    assert len(sent) == 2, "but only once: later the server may offer something else"
    await line.close()
    assert near.http.is_closed


async def test_a_server_that_cannot_be_reached_is_no_news_yet() -> None:
    near = Near(read_address("http://127.0.0.1:9", "nobody"), HouseRules())
    await near.greet()
    assert near.offers is None
    await near.http.aclose()
