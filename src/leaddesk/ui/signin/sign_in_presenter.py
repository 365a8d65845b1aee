"""Runs the sign-in page: one attempt at a time, a sentence for every way it can end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from leaddesk.personal.masked import Personal, Secret
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_state import BrowserStep, SignInState, Trouble

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.outcomes import Outcome
    from leaddesk.desk.sign_in import SignIn
    from leaddesk.session.vault import VaultNote

_TROUBLES = {
    "refused.sign-in": Trouble.WRONG,
    "refused.too-many": Trouble.THROTTLED,
    "offline": Trouble.UNREACHABLE,
    "unavailable": Trouble.UNAVAILABLE,
    "untrusted": Trouble.UNTRUSTED,
    "session-over": Trouble.ENDED,
    "refused.ticket-over": Trouble.TICKET_OVER,
    "refused.network": Trouble.NETWORK,
    "refused.browser-refused": Trouble.BROWSER_REFUSED,
    "refused.browser-late": Trouble.BROWSER_LATE,
    "refused.no-loopback": Trouble.NO_LOOPBACK,
}


def trouble_of(outcome: Outcome[Any]) -> tuple[Trouble, int]:
    """Return what went wrong and how many seconds the server wants us to wait."""
    wait = getattr(outcome, "retry_after", None)
    return _TROUBLES.get(outcome.code, Trouble.OTHER), max(1, round(wait or 1))


def is_session_only(note: VaultNote) -> bool:
    """Tell whether the keyring failed us; a start that was told to use memory only needs no warning."""
    return note.value not in ("kept", "memory")


class SignInPresenter:
    """Works for one page until :meth:`close`; what follows a sign-in is the shell's.

    Invariant: an attempt runs in the shell's scope, because success replaces the page while the clerk is
    still at work, and that must not cancel it.
    """

    def __init__(
        self,
        page: SignInPage,
        clerk: SignIn,
        state: SignInState,
        tasks: TaskScope,
    ) -> None:
        self._page, self._clerk = page, clerk
        self._state = replace(state, session_only=is_session_only(clerk.vault_note))
        self._tasks, self._closed = tasks, False
        page.sign_in_requested.connect(self._sign_in)
        page.resume_requested.connect(self._resume)
        page.code_given.connect(self._add_code)
        page.code_given_up.connect(lambda: self.change(second=False, trouble=None))
        self._note = clerk.vault_changed.subscribe(self._vault_changed)
        self._render(self._state)

    def state(self) -> SignInState:
        """Return what the page shows and what was typed, but no password: for a page that is built anew."""
        return replace(self._state, email=self._page.email(), busy=False)

    def close(self) -> None:
        """Stop listening and rendering; the page is given up, its password first."""
        self._closed = True
        self._note.close()
        self._page.forget()

    def change(self, **facts: Any) -> None:
        """Show other facts of the state, unless the page was given up."""
        if not self._closed:
            self._render(replace(self._state, **facts))

    def run(self, key: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do something for this page, in the scope of its attempts."""
        self._tasks.latest(key, work)

    def attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None:
        """Try to sign in, unless somebody does."""
        self._tasks.once("sign-in", lambda: self._attempt(ask))

    def give_up(self) -> None:
        """End the attempt that is under way."""
        self._tasks.cancel("sign-in")
        self.change(busy=False, browser=_at_rest(self._state.browser))

    def _render(self, state: SignInState) -> None:
        self._state = state
        self._page.render_state(state)

    def _vault_changed(self, note: VaultNote) -> None:
        self._render(replace(self._state, session_only=is_session_only(note)))

    def _sign_in(self, email: Personal[str], password: Secret) -> None:
        self.attempt(lambda: self._clerk.sign_in(email, password))

    def _add_code(self, code: Secret) -> None:
        self.attempt(lambda: self._clerk.add_code(code))

    def _resume(self) -> None:
        self.attempt(self._clerk.resume)

    async def _attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None:
        self._render(replace(self._state, busy=True, trouble=None))
        outcome = await ask()
        if self._closed or outcome.code == "ok":
            return
        if outcome.code == "refused.second-factor":
            self.change(busy=False, second=True)
            return
        trouble, seconds = trouble_of(outcome)
        obstacle = getattr(outcome, "obstacle", None)
        if trouble is Trouble.UNAVAILABLE and self._clerk.info is None:
            trouble = Trouble.NOT_LEADDESK
        second = self._state.second and trouble is not Trouble.TICKET_OVER
        if second and trouble is Trouble.WRONG:
            trouble = Trouble.CODE
        step = _at_rest(self._state.browser)
        self.change(
            busy=False, trouble=trouble, seconds=seconds, browser=step, second=second, obstacle=obstacle
        )


def _at_rest(step: BrowserStep) -> BrowserStep:
    return BrowserStep.ABSENT if step is BrowserStep.ABSENT else BrowserStep.OFFERED
