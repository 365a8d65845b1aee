"""What a change of one lead does to the rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RowStep(Enum):
    """What happens to one row."""

    INSERT = 0
    REMOVE = 1
    MOVE = 2
    TOUCH = 3


@dataclass(frozen=True)
class RowChange:
    """One step: ``row`` is where it happens, ``target`` where a moved row ends up."""

    step: RowStep
    row: int
    slot: int = 0
    target: int = 0
