"""The small trade, for every test of the server's core."""

from collections.abc import AsyncIterator

import pytest

from tests.support.trade import Trade, opened


@pytest.fixture
async def trade() -> AsyncIterator[Trade]:
    async with opened() as trade:
        yield trade
