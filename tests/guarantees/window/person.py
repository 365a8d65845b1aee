"""Somebody at the lead detail, who asks for contacts, leaves, comes back and loses the connection (C4)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from leaddesk.contract.ids import LeadId
from leaddesk.ui.kit import masks
from leaddesk.ui.leads.detail.presenter import LeadDetailPresenter
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.desk.conftest import Office
from tests.support.room import Room, carried, opened_room

PATIENCE = 60.0


class Person:
    """Works in one detail. ``reveals``: how often a contact became readable to whoever looks."""

    def __init__(self, office: Office, leads: list[LeadId]) -> None:
        self._office, self._leads = office, leads
        self._lead, self._readable = leads[0], False
        self.reveals, self.masking = 0, 0.0

    @contextmanager
    def at_work(self) -> Iterator[Person]:
        """Sit down at the window."""
        with opened_room(lambda: datetime(2026, 11, 19, 12, tzinfo=UTC)) as room:
            self._room: Room = room
            self._view = LeadDetailView()
            desk, store = self._office.desk, self._office.store
            presenter = self._presenter = LeadDetailPresenter(self._view, desk, store, room.around)
            room.keep(presenter.close)
            room.keep(lambda: masks.draw(False))
            room.stand(self._view)
            presenter.open(self._lead)
            yield self

    def look(self) -> Iterator[str]:
        """Search all that the window tells; say what is wrong, count what became readable."""
        words = carried(self._view)
        others = [lead for lead in self._leads if lead != self._lead]
        number = self._leads.index(self._lead)
        readable = f"39200 42-canary{number}" in words
        if any(f"canary{self._leads.index(lead)}" in words for lead in others):
            yield "another lead is told of"
        if masks.is_drawn() and "canary" in words:
            yield "somebody is told of while nobody is at the window"
        if readable and not self._readable:
            self.reveals += 1
        self._readable = readable

    async def do_open(self, drawn: random.Random) -> None:
        """Open a lead, perhaps the same."""
        self._lead = drawn.choice(self._leads)
        self._presenter.open(self._lead)
        self._room.settle()

    async def do_ask(self, _: random.Random) -> None:
        """Press the button, if it is there, and wait for what comes of it."""
        if masks.is_drawn():
            return
        await self._presenter._revealing.ask(self._lead)
        self._room.settle()

    async def do_leave(self, _: random.Random) -> None:
        """Leave the window; how long masking took is kept."""
        began = time.perf_counter()
        masks.draw(True)
        self.masking = time.perf_counter() - began
        self._room.settle()

    async def do_return(self, _: random.Random) -> None:
        """Come back."""
        masks.draw(False)
        self._room.settle()

    async def do_cut(self, _: random.Random) -> None:
        """Lose the connection."""
        if not self._office.line.cut:
            self._office.line.cut = True
            await self._room.until(lambda: not self._office.desk.sync.online, PATIENCE)

    async def do_mend(self, _: random.Random) -> None:
        """Have it back."""
        if self._office.line.cut:
            self._office.line.cut = False
            self._office.desk.sync.retry_now()
            await self._room.until(lambda: self._office.desk.sync.online, PATIENCE)
            self._room.settle()

    async def do_lose(self, _: random.Random) -> None:
        """The next answer gets lost on its way."""
        self._office.line.lose_answers = 1

    async def do_rule(self, drawn: random.Random) -> None:
        """The tenant changes its mind about looking without a connection."""
        rules = self._office.desk.rules
        rules.take(rules.policy.value.model_copy(update={"reveal_offline": drawn.random() < 0.5}))
        self._room.settle()

    async def finish(self) -> None:
        """Come back online and wait until everything is sent."""
        masks.draw(False)
        await self.do_mend(random.Random())
        await self._room.until(lambda: not self._office.desk.outbox.waiting, PATIENCE)
