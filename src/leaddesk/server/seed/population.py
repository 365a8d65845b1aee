"""The whole demo population behind one door: the world, and any number of leads, oldest first.

The same size, seed and base time give the same leads and ids; passwords, tokens and keys are no part of it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from leaddesk.contract.ids import LeadId
from leaddesk.server.seed.cast import cast, named_id
from leaddesk.server.seed.leads.careers import Calendar
from leaddesk.server.seed.leads.drawn import DemoLead, DrawnLeads
from leaddesk.server.seed.world import build_world

PARTNER_LEADS = {"solar-nord": 180, "lorenzen": 60}
"""Leads of their own that the partners have."""


class Population:
    """The demo world relative to the moment at which it is made."""

    def __init__(self, leads: int = 12_480, *, clock: Callable[[], datetime], seed: int = 2026) -> None:
        """``leads`` counts those of the first tenant. Raises ``ValueError`` for a negative number."""
        if leads < 0:
            raise ValueError("leads must not be negative")
        self.base = clock()
        self.world = build_world()
        self._seed = seed
        self._sizes = {"wagner": leads, **PARTNER_LEADS}
        self._named = cast(self.world, self.base)[-leads:] if leads else []

    def size(self, tenant: str) -> int:
        """Return how many leads a tenant has."""
        return self._sizes[tenant]

    def leads(self, tenant: str = "wagner") -> Iterator[DemoLead]:
        """Draw the leads of a tenant, oldest first; the named ones stand among the first tenant's."""
        named = self._named if tenant == "wagner" else []
        count = self._sizes[tenant] - len(named)
        waiting = iter(named)
        following = next(waiting, None)
        forms, people = self.world.forms_of(tenant), self.world.people_of(tenant)
        for lead in DrawnLeads(forms, people, Calendar(self.base, count), f"{self._seed}/{tenant}"):
            while following and following.created <= lead.created:
                yield following
                following = next(waiting, None)
            yield lead
        while following:
            yield following
            following = next(waiting, None)

    def has(self, key: str) -> bool:
        """Tell whether a named lead is among the leads; very small populations have only the newest."""
        return any(lead.lead_id == named_id(key) for lead in self._named)

    def named(self, key: str) -> LeadId:
        """Return the id of a lead with a part to play: ``"anna"``, ``"deletable"``, …"""
        return named_id(key)
