"""Notes that were begun and not saved yet, a lead each: in memory only, as long as somebody is signed in.

A lock seals them with everything else that waits (:mod:`leaddesk.desk.sealing`), a sign-out forgets them.
"""

from __future__ import annotations

from collections.abc import KeysView
from dataclasses import dataclass, field

from leaddesk.contract.ids import LeadId
from leaddesk.store.topics import Topic


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the field; ``intern``: it is meant for the house alone."""

    words: str = field(repr=False)
    intern: bool = True

    def below(self, earlier: Draft) -> Draft:
        """Return both, the later words below the earlier; as private as the more private of them."""
        intern = self.intern or earlier.intern
        both = self.words if self.words == earlier.words else f"{earlier.words}\n\n{self.words}"
        return Draft(both, intern)


@dataclass(frozen=True, slots=True)
class Unsent:
    """How much nobody but this program has: ``changes`` that wait to be sent, and ``begun`` notes."""

    changes: int = 0
    begun: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.changes + self.begun

    def __add__(self, other: Unsent) -> Unsent:
        return Unsent(self.changes + other.changes, self.begun + other.begun)

    def __bool__(self) -> bool:
        return self.total > 0


class Drafts:
    """The begun notes of one sign-in.

    Invariant: blanks alone are no note. ``changed`` names a lead that has one now, has none any more, or has
    words added that were not typed; ``sealed`` is how many lie behind a lock.
    """

    def __init__(self) -> None:
        self._begun: dict[LeadId, Draft] = {}
        self.sealed = 0
        self.changed: Topic[LeadId] = Topic()

    @property
    def count(self) -> int:
        """How many there are, those that lie sealed included."""
        return len(self._begun) + self.sealed

    @property
    def leads(self) -> KeysView[LeadId]:
        """The leads that have one, the first begun first; a live view."""
        return self._begun.keys()

    def of(self, lead_id: LeadId) -> Draft | None:
        """Return what was begun for a lead."""
        return self._begun.get(lead_id)

    def all(self) -> tuple[tuple[LeadId, Draft], ...]:
        """Return every one with its lead."""
        return tuple(self._begun.items())

    def put(self, lead_id: LeadId, draft: Draft) -> None:
        """Keep what stands in the field now."""
        if not draft.words.strip():
            self.forget(lead_id)
            return
        new = lead_id not in self._begun
        self._begun[lead_id] = draft
        if new:
            self.changed.publish(lead_id)

    def bring_back(self, lead_id: LeadId, earlier: Draft) -> None:
        """Put words back that were there before; what was typed since stays, below them."""
        later = self._begun.get(lead_id)
        self._begun[lead_id] = earlier if later is None else later.below(earlier)
        self.changed.publish(lead_id)

    def forget(self, lead_id: LeadId) -> None:
        """The note was saved, or its lead is gone."""
        if self._begun.pop(lead_id, None) is not None:
            self.changed.publish(lead_id)

    def discard(self) -> None:
        """Forget all: another person, or nobody, is signed in, or all is sealed."""
        gone, self.sealed = tuple(self._begun), 0
        self._begun.clear()
        for lead_id in gone:
            self.changed.publish(lead_id)
