"""Runs the lock page: one attempt at a time; unlocking is a fresh check of the password at the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.state import LockState
from leaddesk.ui.signin.sign_in_state import BrowserStep

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.outcomes import Outcome
    from leaddesk.desk.sign_in import SignIn

Reachable = Callable[[], Awaitable[bool]]

LOOK_MS = 20_000
"""How often the lock page looks whether the platform answers."""

_TROUBLES = {
    "refused.sign-in": "lock.wrong",
    "refused.too-many": "lock.throttled",
    "refused.ticket-over": "signin.trouble_ticket_over",
    "refused.network": "signin.trouble_network",
    "refused.browser-refused": "signin.trouble_browser_refused",
    "refused.browser-late": "signin.trouble_browser_late",
    "refused.no-loopback": "signin.trouble_no_loopback",
    "refused.other-person": "lock.other_person",
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
        page.code_given.connect(self._add_code)
        page.code_given_up.connect(lambda: self._render(replace(self._state, second=False, trouble=None)))
        self._timer = QTimer(page)

    def close(self) -> None:
        """Stop rendering, empty the field; an attempt under way goes on in the shell's scope."""
        self._closed = True
        self._timer.stop()
        self._page.forget()

    def change(self, **facts: Any) -> None:
        """Show other facts of the state, unless the page was given up."""
        if not self._closed:
            self._render(replace(self._state, **facts))

    def run(self, key: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do something for this page, in the scope of its attempts."""
        self._tasks.latest(key, work)

    def attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None:
        """Try to unlock, unless somebody does."""
        self._tasks.once("unlock", lambda: self._attempt(ask))

    def give_up(self) -> None:
        """End the attempt that is under way."""
        self._tasks.cancel("unlock")
        self.change(busy=False, browser=_at_rest(self._state.browser))

    def look_for(self, reachable: Reachable) -> None:
        """Say when the platform is away: before somebody types a password, not after."""

        def look() -> None:
            self._tasks.once("look", lambda: self._look(reachable))

        self._timer.timeout.connect(look)
        self._timer.start(LOOK_MS)
        look()

    async def _look(self, reachable: Reachable) -> None:
        outage = not await reachable()
        if not self._closed and outage is not self._state.outage:
            self._render(replace(self._state, outage=outage))

    def _unlock(self, password: Secret) -> None:
        self.attempt(lambda: self._clerk.unlock(password))

    def _add_code(self, code: Secret) -> None:
        self.attempt(lambda: self._clerk.add_code(code))

    async def _attempt(self, ask: Callable[[], Awaitable[Outcome[Me]]]) -> None:
        self._render(replace(self._state, busy=True, trouble=None))
        outcome = await ask()
        if self._closed or outcome.code == "ok":
            return
        if outcome.code == "refused.second-factor":
            self._render(replace(self._state, busy=False, second=True))
            return
        wait = getattr(outcome, "retry_after", None)
        second = self._state.second and outcome.code != "refused.ticket-over"
        trouble = _TROUBLES.get(outcome.code, "lock.other")
        if second and outcome.code == "refused.sign-in":
            trouble = "signin.trouble_code"
        seconds = max(1, round(wait or 1))
        obstacle = getattr(outcome, "obstacle", None)
        self._render(
            replace(
                self._state,
                busy=False,
                trouble=trouble,
                seconds=seconds,
                second=second,
                obstacle=obstacle,
                browser=_at_rest(self._state.browser),
            )
        )

    def _render(self, state: LockState) -> None:
        self._state = state
        self._page.render_state(state)


def _at_rest(step: BrowserStep | None) -> BrowserStep | None:
    return step if step in (None, BrowserStep.ABSENT) else BrowserStep.OFFERED
