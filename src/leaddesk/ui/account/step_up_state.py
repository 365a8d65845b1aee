"""What the question of a step-up shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How one can show who one is; the values are the server's."""

    PASSWORD = "password"  # noqa: S105 - a name
    CODE = "code"
    BROWSER = "browser"


class Wait(StrEnum):
    """Whether the browser has the word, and whether one opened."""

    NONE = "none"
    WAITING = "waiting"
    UNOPENED = "unopened"


@dataclass(frozen=True)
class StepUpState:
    """``ways``: what this person has, the best first; ``way``: the one that is asked for now."""

    ways: tuple[Way, ...] = (Way.PASSWORD, Way.CODE)
    way: Way = Way.PASSWORD
    busy: bool = False
    wait: Wait = Wait.NONE
    trouble: str | None = None
