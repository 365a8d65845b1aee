"""A window in which the account's dialogs stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from tests.stories.registry import NOW
from tests.stories.stage import Stage
from tests.support.room import Room, opened_room


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    with opened_room(lambda: NOW) as made:
        made.stand(QWidget())
        yield made
