"""Follows a seat's session out: after lock and sign-out nothing of the day is to be left (guarantee A6).

The pages are gone and the store is unmapped by then. What was typed is sealed, the token leaves the keyring
and the server revokes it; then the seat has left, and :mod:`~leaddesk.ui.shell.leaving.departure` is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from leaddesk.personal.unexpected import report
from leaddesk.session.state import SessionState
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.leaving.handed import Part
from leaddesk.ui.shell.leaving.untold import Untold
from leaddesk.ui.shell.state import Memory, Route, WindowState

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.desk import Desk
    from leaddesk.desk.sealing.safe import Opened, Trouble
    from leaddesk.desk.sending.drafts import Unsent
    from leaddesk.ui.kit.floating.toasts import ToastHost
    from leaddesk.ui.shell.stages import Stages

FAREWELL_SECONDS = {SessionState.SIGNED_OUT: 1.0}
"""So long keyring and server are waited for until both have forgotten a token; here it is forgotten at once.

Who signs out is to be signed out everywhere (B7); behind a lock the clean memory comes first (A6).
"""
_SHORTER_FAREWELL_SECONDS = 0.1
_COMING_BACK = (SessionState.LOCKED, SessionState.ENDED)
"""Who is locked out, or signed out by the server, finds again what was left; who signs out does not."""
_KEPT = ("search", "lead_id", "route")
"""What the window was at; it is sealed, for it may name people."""
_LOOK_SECONDS, _CALM_SECONDS = 0.05, 2.0
_UNTIL_SEEN = 0.0
"""Seconds of a question that stays until somebody answers it."""


@dataclass(frozen=True)
class Onward:
    """Whom a seat's leaving tells. ``left``: it has left, or stays as it is. ``renews``: then all is new."""

    left: Callable[[], object]
    renews: bool
    toasts: ToastHost


class Leaving:
    """Watches one seat.

    Invariants: :attr:`is_gone` says that nothing of the day is needed in this process any more, and
    :meth:`part` holds nothing in the clear but what the page shows and unlocking needs. While
    :attr:`is_leaving` something is still to be sealed or forgotten.
    """

    def __init__(self, address: str, desk: Desk, stages: Stages, onward: Onward) -> None:
        self._address, self._desk, self._stages, self._onward = address, desk, stages, onward
        self._tasks = TaskScope(report)
        self._untold = Untold(onward.toasts)
        self._somebody_was_here = False
        self._calm: asyncio.TimerHandle | None = None
        self.is_gone, self.is_leaving = True, False
        self._subscriptions = (
            desk.sign_in.state.changed.subscribe(self._hear),
            desk.safe.opened.subscribe(self._find_again),
            desk.safe.trouble.subscribe(self._say_what_is_stuck),
            desk.safe.left.offered.subscribe(self._offer),
            desk.sign_in.vault_changed.subscribe(self._hear_vault),
        )
        if desk.sign_in.state.value is SessionState.SIGNED_IN:  # by the keyring, before there was a page
            self._hear(SessionState.SIGNED_IN)

    def go_on(self, part: Part) -> None:
        """Stand where the process before this one stood."""
        self._desk.sign_in.me = part.me
        self._stages.kept = WindowState(letters=part.letters, locked_at=part.since, locking=part.locking)
        self._stages.whose = str(part.me.person.member_id) if part.me is not None else ""
        self._stages.say_memory(Memory.EMPTIED)
        self._desk.unheard.update(part.unheard)
        self._untold.take_over(self._stages.whose or None, part.untold)
        if part.sealed is not None:
            self._desk.safe.take_over(part.sealed)
        self._desk.return_to(part.state)
        self._somebody_was_here = part.me is not None  # only now: what was left is left already

    def part(self) -> Part:
        """Return what the next process is to know of this seat."""
        desk, kept = self._desk, self._stages.kept
        state = desk.sign_in.state.value
        unheard = tuple(sorted(desk.unheard))
        if state not in _COMING_BACK:
            return Part(self._address, state, unheard=unheard)
        me = desk.sign_in.me if state is SessionState.LOCKED else None
        return Part(
            self._address,
            state,
            me,
            kept.locked_at,
            kept.locking,
            desk.safe.to_text(),
            kept.letters,
            unheard,
            self._untold.changes if me is not None else {},
        )

    def would_lose(self) -> Unsent:
        """Return what a lock would cost now."""
        return self._stages.would_lose()

    def stay(self) -> None:
        """The process could not begin anew: say so."""
        self._stages.say_memory(Memory.FAILED)

    def close(self) -> None:
        """Follow nobody any more."""
        for subscription in self._subscriptions:
            subscription.close()
        self._wait_no_more()
        self._tasks.close()

    def _hear(self, state: SessionState) -> None:
        if state is SessionState.SIGNED_IN:
            self._somebody_was_here, self.is_gone = True, False
            self._tell()
            self._get_ready_soon()
        elif self._somebody_was_here:
            self.is_leaving = True
            self._stages.say_memory(Memory.EMPTYING if self._onward.renews else Memory.FREED)
            self._tasks.queue("leave", lambda: self._leave(state))

    async def _leave(self, state: SessionState) -> None:
        self.is_gone = False
        try:
            comes_back = state in _COMING_BACK
            sealing = self._seal() if comes_back else self._forget()
            sealed, _ = await asyncio.gather(sealing, self._say_farewell(state))
            while self._stages.is_asked:  # noqa: ASYNC110 - an attempt that is given up tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
            self.is_gone = sealed and self._desk.sign_in.state.value is state
        finally:
            self.is_leaving = False
            if not self.is_gone:
                self._stages.say_memory(Memory.KEPT)
            self._onward.left()

    def _get_ready_soon(self) -> None:
        """Once the day has begun, have a sealing key in the keyring: a lock has no time for that."""
        self._wait_no_more()
        self._calm = asyncio.get_running_loop().call_later(_CALM_SECONDS, self._get_ready)

    def _get_ready(self) -> None:
        if self._desk.sign_in.state.value is SessionState.SIGNED_IN:
            self._tasks.once("ready", self._desk.safe.make_ready)

    def _wait_no_more(self) -> None:
        if self._calm is not None:
            self._calm.cancel()

    async def _say_farewell(self, state: SessionState) -> None:
        """What the keyring has not forgotten in this time it is told again by the process to come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS.get(state, _SHORTER_FAREWELL_SECONDS)):
                await asyncio.gather(self._desk.finish_lock(), self._desk.safe.tidy())

    async def _seal(self) -> bool:
        me, kept = self._desk.sign_in.me, self._stages.kept
        if me is None:
            return True
        if not await self._desk.safe.close(me.person.member_id, _window(kept)):
            return False
        self._stages.kept = replace(self._stages.kept, search="", lead_id=None)
        return True

    async def _forget(self) -> bool:
        self._untold.forget()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS[SessionState.SIGNED_OUT]):
                await self._desk.safe.discard()
        return True

    def _hear_vault(self, note: VaultNote) -> None:
        """A keyring that was silent answers: seal what could not be, bring back what could not come."""
        state, me = self._desk.sign_in.state.value, self._desk.sign_in.me
        if note is not VaultNote.KEPT or me is None:
            return
        if state is SessionState.SIGNED_IN and self._desk.safe.is_closed:
            self._tasks.once("open", lambda: self._open_late(me))
        elif state in _COMING_BACK and self._somebody_was_here and not (self.is_gone or self.is_leaving):
            self._hear(state)

    def _find_again(self, opened: Opened) -> None:
        """Begun notes are back at their leads by now; the page is where the newest lock found it."""
        me, kept = self._desk.sign_in.me, self._stages.kept
        if opened.late and opened.begun:
            words = text("shell.found_late", n=opened.begun)
            self._onward.toasts.show_toast(words, seconds=_UNTIL_SEEN)
        if me is None or opened.late or not opened.window or kept.search or kept.lead_id:
            return
        self._stages.kept, self._stages.whose = _at(kept, opened.window), str(me.person.member_id)

    async def _open_late(self, me: Me) -> None:
        await self._desk.safe.open(me, late=True)
        if not self._desk.safe.is_closed:
            self._untold.all_is_back()

    def _offer(self, _changes: int) -> None:
        self._tasks.latest("offer", self._ask_whose)

    async def _ask_whose(self) -> None:
        """Ask whether what another key left is this one's firm's, once its leads are known."""
        while not self._desk.sync.progress.value.done:  # noqa: ASYNC110 - whoever leaves meanwhile is asked again
            await asyncio.sleep(_LOOK_SECONDS)
        left = self._desk.safe.left
        if self._desk.sign_in.state.value is not SessionState.SIGNED_IN or not left.count:
            return
        key = "shell.other_key" if left.fits else "shell.stranger_key"
        drop = (text("shell.other_key_drop"), left.drain)
        acts = [(text("shell.other_key_take"), self._adopt), drop] if left.fits else [drop]
        self._onward.toasts.show_toast(
            text(key, n=left.count),
            detail=text("shell.other_key_detail" if left.fits else "shell.stranger_key_detail"),
            actions=acts,
            seconds=_UNTIL_SEEN,
            tone=Tone.WARNING,
        )

    def _adopt(self) -> None:
        for window in self._desk.safe.adopt():
            self._stages.go_back_to(_at(self._stages.kept, window))
        self._desk.safe.left.tell()

    def _say_what_is_stuck(self, trouble: Trouble) -> None:
        self._untold.hear(trouble)
        self._tell()

    def _tell(self) -> None:
        """Tell who works here what came of an earlier lock; before that nobody is there to see it."""
        sign_in = self._desk.sign_in
        if sign_in.state.value is SessionState.SIGNED_IN and sign_in.me is not None:
            self._untold.tell(str(sign_in.me.person.member_id))


def _window(kept: WindowState) -> dict[str, Any]:
    """Return what is sealed of a window, nothing if nobody typed or looked for anything."""
    facts = asdict(kept)
    window = {name: facts[name] for name in _KEPT}
    return window if any(window[name] for name in ("search", "lead_id")) else {}


def _at(kept: WindowState, window: dict[str, Any]) -> WindowState:
    """Return where a person was; what another version of this program says differently is left out."""
    search, lead, route = (window.get(name) for name in _KEPT)
    return replace(
        kept,
        search=search if isinstance(search, str) else "",
        lead_id=lead if isinstance(lead, str) else None,
        route=Route(route) if route in tuple(Route) else Route.LEADS,
    )
