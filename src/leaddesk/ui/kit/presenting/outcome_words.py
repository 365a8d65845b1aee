"""The sentence for an outcome; the only place where codes of the desk become words."""

from __future__ import annotations

from typing import Any

from leaddesk.desk.outcomes import Ok, Outcome, Refused, obstacle_of
from leaddesk.ui.kit.wording import text


def sentence(outcome: Outcome[Any]) -> str | None:
    """Say what became of an action, in the person's language; None when it simply worked."""
    if isinstance(outcome, Ok):
        return None
    if (obstacle := obstacle_of(outcome)) is not None:
        return text(f"outcome.obstacle.{obstacle}")
    if isinstance(outcome, Refused):
        return text(f"outcome.refused.{outcome.reason}")
    return text(f"outcome.{outcome.code}")
