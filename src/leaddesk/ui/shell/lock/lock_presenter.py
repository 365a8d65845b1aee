"""Runs the lock page: one attempt at a time; unlocking is a fresh check of the password at the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.state import LockState
from leaddesk.ui.signin.ways.attempts import Attempts

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
    "refused.firm-only": "outcome.refused.firm-only",
    "refused.other-person": "lock.other_person",
    "refused.key": "outcome.refused.key",
    "refused.key-reads-nothing": "outcome.refused.key-reads-nothing",
    "refused.other-key": "lock.other_key",
    "offline": "lock.offline",
    "unavailable": "lock.unavailable",
    "untrusted": "lock.untrusted",
}


class LockPresenter(Attempts[LockState]):
    """Works for one lock page until :meth:`close`; the shell watches the state and opens the workplace."""

    _key = "unlock"

    def __init__(self, page: LockPage, clerk: SignIn, state: LockState, tasks: TaskScope) -> None:
        super().__init__(page, state, tasks)
        self._clerk = clerk
        page.unlock_requested.connect(self._unlock)
        page.code_given.connect(self._add_code)
        page.code_given_up.connect(lambda: self.change(second=False, trouble=None))
        self._timer = QTimer(page)

    def close(self) -> None:
        """Stop looking and rendering, empty the field."""
        self._timer.stop()
        super().close()

    def look_for(self, reachable: Reachable) -> None:
        """Say when the platform is away: before somebody types a password, not after."""

        def look() -> None:
            self._tasks.once("look", lambda: self._look(reachable))

        self._timer.timeout.connect(look)
        self._timer.start(LOOK_MS)
        look()

    async def _look(self, reachable: Reachable) -> None:
        outage = not await reachable()
        if outage is not self._state.outage:
            self.change(outage=outage)

    def _unlock(self, password: Secret) -> None:
        self.attempt(lambda: self._clerk.unlock(password))

    def _add_code(self, code: Secret) -> None:
        self.attempt(lambda: self._clerk.add_code(code))

    def _trouble(self, outcome: Outcome[Me]) -> dict[str, Any]:
        trouble = _TROUBLES.get(outcome.code, "lock.other")
        second = self._state.second and outcome.code != "refused.ticket-over"
        if second and outcome.code == "refused.sign-in":
            trouble = "signin.trouble_code"
        return {"trouble": trouble, "second": second}
