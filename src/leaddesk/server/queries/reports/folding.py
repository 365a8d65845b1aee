"""Groups too small to be shown (measure B7)."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST_GROUP = 5

Group = TypeVar("Group", bound=Hashable)


def fold_small(groups: Mapping[Group, int]) -> dict[Group | None, int]:
    """Fold groups of fewer than five into one without a name, largest first.

    If that one is too small itself the next larger group goes in too, so that the total gives nothing away.
    """
    ranked = sorted(groups.items(), key=lambda item: item[1], reverse=True)
    rest = 0
    while ranked and (ranked[-1][1] < SMALLEST_GROUP or 0 < rest < SMALLEST_GROUP):
        rest += ranked.pop()[1]
    shown: dict[Group | None, int] = dict(ranked)
    if rest >= SMALLEST_GROUP:
        shown[None] = rest
    return shown
