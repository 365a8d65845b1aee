"""The list of stories. A story is a function that builds a view in one state; its name says which."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

import tests.stories

#: Thursday, 19 November 2026, 13:42 in Berlin: the time in the pictures of the design
NOW = datetime(2026, 11, 19, 12, 42, tzinfo=UTC)
ZONE = "Europe/Berlin"
MACHINERY = {"__main__", "registry", "stage"}


@dataclass(frozen=True)
class Story:
    """A view in one state. ``size`` is the widget's in logical pixels at 100 %."""

    name: str
    size: tuple[int, int]
    build: Callable[[], QWidget]


_stories: dict[str, Story] = {}


def story(name: str, size: tuple[int, int]) -> Callable[[Callable[[], QWidget]], Callable[[], QWidget]]:
    """Register the decorated function as the story ``feature/view/state``. Raises ValueError for a twin."""

    def register(build: Callable[[], QWidget]) -> Callable[[], QWidget]:
        if name in _stories:
            raise ValueError(f"there are two stories named {name}")
        _stories[name] = Story(name, size, build)
        return build

    return register


def all_stories(prefix: str = "") -> list[Story]:
    """Return the stories whose name begins with ``prefix``, by name; imports every module beside this one."""
    for found in pkgutil.iter_modules(tests.stories.__path__):
        if found.name not in MACHINERY:
            importlib.import_module(f"tests.stories.{found.name}")
    return [_stories[name] for name in sorted(_stories) if name.startswith(prefix)]


def one_story(name: str) -> Story:
    """Return a story by its whole name. Raises KeyError naming near ones."""
    known = {each.name: each for each in all_stories()}
    if name not in known:
        near = [other for other in known if other.startswith(name.partition("/")[0])]
        raise KeyError(f"no story named {name}; there are: {', '.join(near or known)}")
    return known[name]
