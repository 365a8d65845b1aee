"""Puts the server's question to the person as long as somebody is signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.desk.outcomes import Failure, Ok
from leaddesk.ui.account.step_up_state import StepUpState, Wait, Way
from leaddesk.ui.kit.presenting.browser_page import browser_page
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.desk.account.step_up import StepUp
    from leaddesk.personal.masked import Secret
    from leaddesk.ui.account.step_up_dialog import StepUpDialog
    from leaddesk.ui.kit.presenting.surroundings import Surroundings

_WRONG = {Way.PASSWORD: "account.step_up_wrong", Way.CODE: "account.step_up_wrong_code"}
_OF_THE_BROWSER = {
    "refused.browser-refused": "account.step_up_given_up",
    "refused.browser-late": "account.step_up_late",
    "refused.other-person": "account.step_up_other_person",
    "refused.ticket-over": "account.step_up_used",
}
"""What has another sentence here than where one signs in."""


class StepUpPresenter:
    """Invariant: a dialog that goes without an answer gives the question up, and no browser is waited for."""

    def __init__(self, clerk: StepUp, around: Surroundings) -> None:
        self._clerk, self._around = clerk, around
        self._tasks = TaskScope(around.on_error)
        self._dialog: StepUpDialog | None = None
        self._state = StepUpState()
        self._address = ""
        clerk.on_wanted = self._ask

    def close(self) -> None:
        """Ask no more. Idempotent."""
        self._clerk.on_wanted = None
        self._tasks.close()
        if self._dialog is not None:
            self._dialog.dismiss()

    def _ask(self) -> None:
        if self._dialog is not None:
            return
        from leaddesk.ui.account.step_up_dialog import StepUpDialog

        ways = tuple(Way(one) for one in self._clerk.offered)
        self._state = StepUpState(ways, ways[0])
        self._dialog = StepUpDialog(self._around.window, self._state)
        self._dialog.password_given.connect(self._by_password)
        self._dialog.code_given.connect(self._by_code)
        self._dialog.browser_wanted.connect(self._in_browser)
        self._dialog.link_wanted.connect(self._copy)
        self._dialog.way_changed.connect(self._change)
        self._dialog.dismissed.connect(self._gone)
        self._dialog.open()

    def _gone(self) -> None:
        self._dialog = None
        self._tasks.cancel("show")
        self._clerk.give_up()

    def _change(self, way: Way) -> None:
        """Take another way; the browser is not waited for any more, or is opened at once."""
        self._tasks.cancel("show")
        self._render(way=way, busy=False, wait=Wait.NONE, trouble=None)
        if way is Way.BROWSER:
            self._in_browser()

    def _by_password(self, password: Secret) -> None:
        self._show(lambda: self._clerk.by_password(password))

    def _by_code(self, code: Secret) -> None:
        self._show(lambda: self._clerk.by_code(code))

    def _in_browser(self) -> None:
        done, not_done = (browser_page(text(f"account.step_up_page_{how}")) for how in ("done", "not"))
        self._show(lambda: self._clerk.in_browser(self._open, done, not_done))

    async def _open(self, address: str) -> None:
        self._address = address
        self._render(wait=Wait.WAITING)
        if not await self._around.open_link(address):
            self._render(wait=Wait.UNOPENED)

    def _copy(self) -> None:
        self._around.clipboard.copy(self._address, personal=False)
        self._around.toasts.show_toast(text("signin.browser_copied"))

    def _show(self, act: Callable[[], Awaitable[Ok[None] | Failure]]) -> None:
        self._tasks.latest("show", lambda: self._shown(act))

    async def _shown(self, act: Callable[[], Awaitable[Ok[None] | Failure]]) -> None:
        self._render(busy=True, wait=Wait.NONE, trouble=None)
        outcome = await act()
        if isinstance(outcome, Ok):
            if self._dialog is not None:
                self._dialog.dismiss()
            return
        self._render(busy=False, wait=Wait.NONE, trouble=self._trouble(outcome))

    def _trouble(self, outcome: Failure) -> str | None:
        if outcome.code == "refused.sign-in" and self._state.way in _WRONG:
            return text(_WRONG[self._state.way])
        if self._state.way is Way.BROWSER and outcome.code in _OF_THE_BROWSER:
            return text(_OF_THE_BROWSER[outcome.code])
        return sentence(outcome)

    def _render(self, **facts: object) -> None:
        self._state = replace(self._state, **facts)  # type: ignore[arg-type]
        if self._dialog is not None:
            self._dialog.render_state(self._state)
