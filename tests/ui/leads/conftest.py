"""A room for the lead detail, and the town of desks on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.conftest import Town, town
from tests.stories.registry import NOW
from tests.stories.stage import Stage
from tests.support.room import Room, opened_room

__all__ = ["Town", "town"]


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    with opened_room(lambda: NOW) as made:
        yield made
