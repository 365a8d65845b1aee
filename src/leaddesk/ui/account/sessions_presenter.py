"""Runs the dialog of own sessions: reads them, ends what is asked for, reads them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.desk.outcomes import Failure, Ok
from leaddesk.ui.account.sessions_dialog import SessionsDialog
from leaddesk.ui.account.sessions_state import SessionLine, SessionsState
from leaddesk.ui.kit.phrases import lately, when
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.contract.accounts import Session
    from leaddesk.desk.account.own_sessions import OwnSessions
    from leaddesk.ui.kit.presenting.surroundings import Surroundings


class SessionsPresenter:
    """Opens the dialog and works for it until it is dismissed."""

    def __init__(self, clerk: OwnSessions, around: Surroundings) -> None:
        self._clerk, self._around = clerk, around
        self._tasks = TaskScope(around.on_error)
        self._state = SessionsState()
        self._dialog: SessionsDialog | None = SessionsDialog(around.window, self._state)
        self._dialog.end_requested.connect(self._end)
        self._dialog.end_others_requested.connect(self._end_others)
        self._dialog.asked.connect(lambda asking: self._render(asking=asking))
        self._dialog.retry_requested.connect(self._read_again)
        self._dialog.dismissed.connect(self.close)
        self._dialog.open()
        self._read_again()

    def close(self) -> None:
        """Stop working; the dialog goes if it is still there. Idempotent."""
        self._tasks.close()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.dismiss()

    def _read_again(self) -> None:
        self._tasks.latest("read", self._read)

    async def _read(self) -> None:
        found = await self._clerk.all()
        if isinstance(found, Ok):
            self._render(lines=tuple(self._line(one) for one in found.value), trouble=None)
        else:
            self._render(lines=self._state.lines or (), trouble=sentence(found))

    def _end(self, session_id: str) -> None:
        self._tasks.once(session_id, lambda: self._ended(session_id, lambda: self._clerk.end(session_id)))

    def _end_others(self) -> None:
        self._render(asking=False)
        self._tasks.once("*", lambda: self._ended("*", self._clerk.end_others))

    async def _ended(self, which: str, act: Callable[[], Awaitable[Ok[None] | Failure]]) -> None:
        self._render(busy=self._state.busy | {which}, trouble=None)
        outcome = await act()
        self._render(busy=self._state.busy - {which}, trouble=sentence(outcome))
        if isinstance(outcome, Ok):
            key = "account.ended_others" if which == "*" else "account.ended"
            self._around.toasts.show_toast(text(key))
            await self._read()

    def _line(self, one: Session) -> SessionLine:
        now = self._around.clock()
        used, since = lately(one.used_at, now), when(one.began_at, now)
        return SessionLine(one.session_id, one.device, used, since, one.is_current)

    def _render(self, **facts: object) -> None:
        self._state = replace(self._state, **facts)  # type: ignore[arg-type]
        if self._dialog is not None:
            self._dialog.render_state(self._state)
