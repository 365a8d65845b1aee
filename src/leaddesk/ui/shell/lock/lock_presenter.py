"""Runs the lock page: one attempt at a time; unlocking is a fresh check of the password at the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.state import LockState

if TYPE_CHECKING:
    from leaddesk.desk.sign_in import SignIn

_TROUBLES = {
    "refused.sign-in": "lock.wrong",
    "refused.too-many": "lock.throttled",
    "offline": "lock.offline",
    "unavailable": "lock.unavailable",
    "untrusted": "lock.untrusted",
}


class LockPresenter:
    """Works for one lock page until :meth:`close`; the shell watches the state and opens the workplace."""

    def __init__(self, page: LockPage, clerk: SignIn, state: LockState, tasks: TaskScope) -> None:
        self._page, self._clerk, self._state = page, clerk, state
        self._tasks, self._closed = tasks, False
        page.unlock_requested.connect(self._unlock)

    def close(self) -> None:
        """Stop rendering, empty the field; an attempt under way goes on in the shell's scope."""
        self._closed = True
        self._page.forget()

    def _unlock(self, password: Secret) -> None:
        self._tasks.once("unlock", lambda: self._attempt(password))

    async def _attempt(self, password: Secret) -> None:
        self._render(replace(self._state, busy=True, trouble=None))
        outcome = await self._clerk.unlock(password)
        if self._closed or outcome.code == "ok":
            return
        wait = getattr(outcome, "retry_after", None)
        trouble = _TROUBLES.get(outcome.code, "lock.other")
        self._render(replace(self._state, busy=False, trouble=trouble, seconds=max(1, round(wait or 1))))

    def _render(self, state: LockState) -> None:
        self._state = state
        self._page.render_state(state)
