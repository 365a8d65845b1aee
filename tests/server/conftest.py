"""The small trade, for every test of the server's core, on either database."""

from collections.abc import AsyncIterator

import pytest

from leaddesk.server.eventlog.storage import Storage
from tests.support.storages import books, cluster, pytest_generate_tests, storage
from tests.support.trade import Trade, opened

__all__ = ["books", "cluster", "pytest_generate_tests", "storage", "trade"]


@pytest.fixture
async def trade(storage: Storage) -> AsyncIterator[Trade]:
    async with opened(storage=storage) as trade:
        yield trade
