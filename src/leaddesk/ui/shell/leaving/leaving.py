"""Follows a seat's session out: after lock and sign-out nothing of the day is to be left (guarantee A6).

The pages are gone and the store is unmapped by then. What was typed is sealed, the token leaves the keyring
and the server revokes it; then the seat has left, and :mod:`~leaddesk.ui.shell.leaving.departure` is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from leaddesk.personal.unexpected import report
from leaddesk.session.state import SessionState
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.leaving.handed import Part
from leaddesk.ui.shell.state import Route, WindowState

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.ui.shell.stages import Stages

FAREWELL_SECONDS = {SessionState.LOCKED: 0.3}
"""So long a lock waits for keyring and server to forget the token; then it is forgotten here regardless."""
_LONGER_FAREWELL_SECONDS = 2.0
_COMING_BACK = (SessionState.LOCKED, SessionState.ENDED)
"""Who is locked out, or signed out by the server, finds again what was left; who signs out does not."""
_KEPT = ("search", "lead_id", "route", "draft")
"""What the window was at; it is sealed, for it may name people."""


class Leaving:
    """Watches one seat; ``left`` is called when it has left.

    Invariant: :attr:`is_gone` says that nothing of the day is needed in this process any more, and
    :meth:`part` holds nothing in the clear but what the page shows and unlocking needs.
    """

    def __init__(self, address: str, desk: Desk, stages: Stages, left: Callable[[], object]) -> None:
        self._address, self._desk, self._stages, self._left = address, desk, stages, left
        self._tasks = TaskScope(report)
        self._somebody_was_here = False
        self.is_gone = True
        self._subscriptions = (
            desk.sign_in.state.changed.subscribe(self._hear),
            desk.safe.opened.subscribe(self._find_again),
        )

    def go_on(self, part: Part) -> None:
        """Stand where the process before this one stood."""
        self._desk.sign_in.me = part.me
        self._stages.kept = WindowState(letters=part.letters, locked_at=part.since, locking=part.locking)
        self._stages.whose = str(part.me.person.member_id) if part.me is not None else ""
        if part.sealed is not None:
            self._desk.safe.take_over(part.sealed, part.waiting)
        self._desk.return_to(part.state)
        self._somebody_was_here = part.me is not None  # only now: what was left is left already

    def part(self) -> Part:
        """Return what the next process is to know of this seat."""
        desk, kept = self._desk, self._stages.kept
        state = desk.sign_in.state.value
        if state not in _COMING_BACK:
            return Part(self._address, state)
        me = desk.sign_in.me if state is SessionState.LOCKED else None
        return Part(
            self._address,
            state,
            me,
            kept.locked_at,
            kept.locking,
            desk.safe.to_text(),
            desk.outbox.sealed,
            kept.letters,
        )

    def close(self) -> None:
        """Follow nobody any more."""
        for subscription in self._subscriptions:
            subscription.close()
        self._tasks.close()

    def _hear(self, state: SessionState) -> None:
        if state is SessionState.SIGNED_IN:
            self._somebody_was_here, self.is_gone = True, False
        elif self._somebody_was_here:
            self._tasks.queue("leave", lambda: self._leave(state))

    async def _leave(self, state: SessionState) -> None:
        self.is_gone = False
        sealed = await self._seal() if state in _COMING_BACK else await self._forget()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS.get(state, _LONGER_FAREWELL_SECONDS)):
                await self._desk.finish_lock()
        if sealed and self._desk.sign_in.state.value is state:
            self.is_gone = True
            self._left()

    async def _seal(self) -> bool:
        me, kept = self._desk.sign_in.me, self._stages.kept
        if me is None:
            return True
        facts = asdict(kept)
        window = {name: facts[name] for name in _KEPT}
        typed = any(window[name] for name in ("search", "lead_id", "draft"))
        sealed = await self._desk.safe.close(me.person.member_id, window if typed else {})
        if sealed:
            self._stages.kept = replace(self._stages.kept, search="", lead_id=None, draft="")
        return sealed

    async def _forget(self) -> bool:
        await self._desk.safe.discard()
        return True

    def _find_again(self, window: dict[str, Any]) -> None:
        me = self._desk.sign_in.me
        if window and me is not None:
            self._stages.whose = str(me.person.member_id)
            facts = window | {"route": Route(window["route"])}
            self._stages.kept = replace(self._stages.kept, **facts)
