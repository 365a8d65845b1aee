"""The sentence for an outcome; the only place where codes of the desk become words."""

from __future__ import annotations

from typing import Any

from leaddesk.desk.outcomes import Ok, Outcome
from leaddesk.ui.kit.wording import text


def sentence(outcome: Outcome[Any]) -> str | None:
    """Say what became of an action, in the person's language; None when it simply worked."""
    return None if isinstance(outcome, Ok) else text(f"outcome.{outcome.code}")
