"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
