"""Unsent changes of an API key that counts no more, kept apart until somebody says whose they are (ADR 72).

That two keys belong to one tenant is nothing the core tells; so whoever shows another key is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from leaddesk.store.topics import Topic

_NAME_OF_KEY = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{64}")

Found = dict[str, Any]
"""What was sealed for one key: ``person``, ``window``, ``entries``, ``drafts``."""


_ABOUT = (("entries", "subject"), ("drafts", "lead"))
"""Which papers there are, and where each says what lead it is about."""


def is_name_of_key(person: str) -> bool:
    """Tell whether this is what a key is called in memory (:mod:`leaddesk.session.keys`)."""
    return _NAME_OF_KEY.fullmatch(person) is not None


class LeftByKey:
    """Invariant: nothing of it is in the outbox, hence nothing is sent, until :meth:`take` gives it back.

    The newest lies first, as it comes out of the safe. ``offered`` tells how many changes wait for an answer.
    ``knows``: whether the key of now knows a lead.
    """

    def __init__(self, knows: Callable[[str], bool] = lambda _lead: False) -> None:
        self._knows = knows
        self._found: list[Found] = []
        self.offered: Topic[int] = Topic()

    @property
    def count(self) -> int:
        """How many changes there are; a begun note counts as one."""
        return sum(len(one["entries"]) + len(one["drafts"]) for one in self._found)

    @property
    def fits(self) -> bool:
        """Whether the key of now knows at least one of their leads: another tenant's knows none."""
        return any(self._knows(lead) for one in self._found for lead in _leads(one))

    def put(self, found: Found) -> None:
        """Keep something apart; what was only looked at is not kept."""
        if found["entries"] or found["drafts"]:
            self._found.append(found)

    def tell(self) -> None:
        """Have somebody asked, if there is something to ask about."""
        if self._found:
            self.offered.publish(self.count)

    def take(self) -> list[Found]:
        """Give back what fits the key of now; the rest stays."""
        taken, all_of_it, self._found = [], self._found, []
        for one in all_of_it:
            lead = one["window"].get("lead_id")
            window = one["window"] if lead is not None and self._knows(lead) else {}
            fitting, rest = self._part(one)
            taken.append(fitting | {"window": window})
            self.put(rest | {"window": {} if window else one["window"]})
        return taken

    def _part(self, one: Found) -> tuple[Found, Found]:
        """Return what is about leads that the key of now knows, and the rest."""
        fitting, rest = dict(one), dict(one)
        for kind, lead in _ABOUT:
            known = [self._knows(paper[lead]) for paper in one[kind]]
            fitting[kind] = [paper for paper, knows in zip(one[kind], known, strict=True) if knows]
            rest[kind] = [paper for paper, knows in zip(one[kind], known, strict=True) if not knows]
        return fitting, rest

    def drain(self) -> list[Found]:
        """Take all of it away."""
        found, self._found = self._found, []
        return found


def _leads(found: Found) -> list[str]:
    lead = found["window"].get("lead_id")
    about = [paper[name] for kind, name in _ABOUT for paper in found[kind]]
    return about if lead is None else [*about, lead]
