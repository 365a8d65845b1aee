"""The window, the door and the lock page look as committed, and no text of theirs is cut off."""

from __future__ import annotations

import pytest

from leaddesk.ui.theme.tokens import Scheme
from tests.stories import shell, signin
from tests.stories.registry import all_stories, one_story
from tests.stories.stage import Look, Stage
from tests.support.cut_off import assert_no_cut_off
from tests.support.likeness import assert_picture

OURS = [story.name for module in (shell, signin) for story in all_stories(module.__name__.split(".")[-1])]
LOOKS = (Look(), Look(spoken="en"), Look(spoken="pseudo"), Look(spoken="pseudo", scale=2.0))
KEPT = (
    "signin/page/choice",
    "signin/page/throttled-session-only",
    "signin/page/resumable-demo",
    "shell/window/day",
    "shell/window/brand",
    "shell/window/loading",
    "shell/window/offline",
    "shell/window/small",
    "shell/window/narrow",
    "shell/lock/locked",
    "shell/queue/states",
    "shell/conflict/step",
    "shell/keys/sheet",
)
DARK = (
    "signin/page/empty",
    "shell/window/brand",
    "shell/window/offline",
    "shell/window/demo",
    "shell/conflict/step",
)


@pytest.mark.parametrize("name", OURS)
def test_no_text_is_cut_off_in_any_language_or_size(stage: Stage, name: str) -> None:
    for look in LOOKS:
        with stage.standing(one_story(name), look) as shown:
            assert_no_cut_off(shown)


@pytest.mark.parametrize(
    ("name", "look"),
    [*((name, Look()) for name in KEPT), *((name, Look(Scheme.DARK)) for name in DARK)],
    ids=lambda given: given if isinstance(given, str) else given.suffix,
)
def test_it_looks_as_committed(stage: Stage, name: str, look: Look) -> None:
    assert_picture(f"{name}-{look.suffix}", stage.picture(one_story(name), look))
