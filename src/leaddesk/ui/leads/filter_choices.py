"""What the list can be narrowed by, and what a person chose of it."""

from __future__ import annotations

from collections.abc import Sequence

from leaddesk.contract.ids import Urn
from leaddesk.store.leads.queries import Where
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.lead_list_state import FilterChoice

_STEP, _PERSON = "step", "person"
_MINE, _NOBODY = "person:mine", "person:nobody"


class FilterChoices:
    """Conditions of one group widen each other, groups narrow each other.

    A lead without a commission has no step yet: a condition of its own, before the first step.
    """

    def __init__(self) -> None:
        self._steps: tuple[str, ...] = ()
        self._me: Urn | None = None
        self._chosen: list[str] = []

    def offer(self, steps: Sequence[str], me: Urn | None) -> None:
        """Say which steps there are, the first one first, and who is asking."""
        self._steps, self._me = tuple(dict.fromkeys(steps)), me
        keys = {choice.key for choice in self.choices()}
        self._chosen = [key for key in self._chosen if key in keys]

    def choices(self) -> tuple[FilterChoice, ...]:
        """Return all conditions: people, then steps."""
        mine = [FilterChoice(_MINE, _PERSON, text("leads.filter_mine"))] if self._me is not None else []
        nobody = FilterChoice(_NOBODY, _PERSON, text("leads.filter_nobody"))
        none = [FilterChoice(f"{_STEP}:", _STEP, text("leads.step_none"))] if self._steps else []
        steps = [FilterChoice(f"{_STEP}:{step}", _STEP, step) for step in self._steps]
        return (*mine, nobody, *none, *steps)

    def chosen(self) -> tuple[FilterChoice, ...]:
        """Return the chosen conditions in the order they were chosen."""
        known = {choice.key: choice for choice in self.choices()}
        return tuple(known[key] for key in self._chosen)

    def add(self, key: str) -> None:
        """Choose a condition."""
        if key not in self._chosen and any(choice.key == key for choice in self.choices()):
            self._chosen.append(key)

    def remove(self, key: str) -> None:
        """Take a condition back."""
        self._chosen = [chosen for chosen in self._chosen if chosen != key]

    def clear(self) -> None:
        """Take all conditions back."""
        self._chosen = []

    def where(self) -> Where:
        """Return the conditions as the shelf asks them."""
        chosen = [key.partition(":")[2] for key in self._chosen if key.startswith(_STEP)]
        steps: set[str | None] = {step or None for step in chosen}
        people = {_MINE: self._me, _NOBODY: None}
        named = frozenset(people[key] for key in self._chosen if key in people)
        return Where(frozenset(steps) or None, named or None)
