"""A window with a pretended desk and pretended features."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.stage import Stage
from tests.support.pretended import Pretended


@pytest.fixture
def office(stage: Stage) -> Iterator[Pretended]:
    made = Pretended(stage.style)
    yield made
    made.close()
