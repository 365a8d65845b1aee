"""Puts the server's question to the person as long as somebody is signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.desk.outcomes import Failure, Ok
from leaddesk.ui.account.step_up_state import StepUpState
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.desk.account.step_up import StepUp
    from leaddesk.ui.account.step_up_dialog import StepUpDialog
    from leaddesk.ui.kit.presenting.surroundings import Surroundings


class StepUpPresenter:
    """Invariant: a dialog that goes without an answer gives the question up."""

    def __init__(self, clerk: StepUp, around: Surroundings) -> None:
        self._clerk, self._around = clerk, around
        self._tasks = TaskScope(around.on_error)
        self._dialog: StepUpDialog | None = None
        self._state = StepUpState()
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

        self._state = StepUpState()
        self._dialog = StepUpDialog(self._around.window)
        self._dialog.password_given.connect(lambda one: self._show(lambda: self._clerk.by_password(one)))
        self._dialog.code_given.connect(lambda one: self._show(lambda: self._clerk.by_code(one)))
        self._dialog.way_changed.connect(lambda by_code: self._render(by_code=by_code, trouble=None))
        self._dialog.dismissed.connect(self._gone)
        self._dialog.open()

    def _gone(self) -> None:
        self._dialog = None
        self._clerk.give_up()

    def _show(self, act: Callable[[], Awaitable[Ok[None] | Failure]]) -> None:
        self._tasks.once("show", lambda: self._shown(act))

    async def _shown(self, act: Callable[[], Awaitable[Ok[None] | Failure]]) -> None:
        self._render(busy=True, trouble=None)
        outcome = await act()
        if isinstance(outcome, Ok):
            if self._dialog is not None:
                self._dialog.dismiss()
            return
        wrong = "account.step_up_wrong_code" if self._state.by_code else "account.step_up_wrong"
        self._render(
            busy=False, trouble=text(wrong) if outcome.code == "refused.sign-in" else sentence(outcome)
        )

    def _render(self, **facts: object) -> None:
        self._state = replace(self._state, **facts)  # type: ignore[arg-type]
        if self._dialog is not None:
            self._dialog.render_state(self._state)
