"""The contract suite against the server on either database, over a socket; and against one that forgets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from leaddesk.server.app import build_demo
from leaddesk.server.eventlog.storage import Storage
from tests.contract_suite.run import Outcome, run
from tests.support.serving import served


@asynccontextmanager
async def server(
    altered: Any = lambda app: app, storage: Storage | None = None
) -> AsyncIterator[tuple[str, str]]:
    demo = build_demo(40, lambda: datetime.now(UTC), storage)
    async with served(altered(demo.app)) as url:
        yield url, demo.credentials[0].api_key.reveal()


async def asked(altered: Any = lambda app: app, storage: Storage | None = None) -> Outcome:
    async with server(altered, storage) as (url, key):
        return await asyncio.to_thread(run, url, key)


async def test_the_server_behaves_as_the_core_does(storage: Storage) -> None:
    outcome = await asked(storage=storage)
    assert outcome.missed == {}
    assert len(outcome.met) > 30
    assert outcome.left == []


class WithoutTotal:
    """A server that forgets a header."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def forgetful(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0] != b"x-total"]
            await send(message)

        await self._app(scope, receive, forgetful)


async def test_a_server_that_does_otherwise_is_caught() -> None:
    outcome = await asked(WithoutTotal)
    assert any("the total counts them" in name for name in outcome.missed)
