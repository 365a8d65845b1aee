"""What the question of a step-up shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepUpState:
    """``by_code``: the code of the second factor is asked for, not the password."""

    busy: bool = False
    by_code: bool = False
    trouble: str | None = None
