"""A room for pieces that are to stand in a window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.registry import NOW
from tests.stories.stage import Stage
from tests.support.room import Room, opened_room


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    """An empty window with everything a presenter needs around it."""
    with opened_room(lambda: NOW) as made:
        yield made
