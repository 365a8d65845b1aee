"""The approvals page looks as committed in every state."""

from __future__ import annotations

import pytest

from leaddesk.ui.theme.tokens import Scheme
from tests.stories.registry import Story, all_stories
from tests.stories.stage import Look, Stage
from tests.support.likeness import assert_picture

STORIES = [story for prefix in ("approvals/",) for story in all_stories(prefix)]
LOOKS = (Look(), Look(Scheme.DARK, "en"))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.suffix)
@pytest.mark.parametrize("shown", STORIES, ids=lambda shown: shown.name)
def test_it_looks_as_committed(stage: Stage, shown: Story, look: Look) -> None:
    assert_picture(f"{shown.name}-{look.suffix}", stage.picture(shown, look))
