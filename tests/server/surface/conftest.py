"""One sweep a test."""

from collections.abc import AsyncIterator

import pytest

from tests.server.surface.sweep import Sweep, sweeping


@pytest.fixture
async def sweep() -> AsyncIterator[Sweep]:
    async with sweeping() as sweep:
        yield sweep
