"""Runs the sign-in page: one attempt at a time, a sentence for every way it can end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from leaddesk.personal.masked import Personal, Secret
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_state import SignInState, Trouble
from leaddesk.ui.signin.ways.attempts import Attempts

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
    "refused.code-over": Trouble.CODE_OVER,
    "refused.firm-only": Trouble.FIRM_ONLY,
    "refused.key": Trouble.KEY,
    "refused.key-shape": Trouble.KEY_SHAPE,
    "refused.key-too-long": Trouble.KEY_TOO_LONG,
    "refused.key-reads-nothing": Trouble.KEY_READS_NOTHING,
}


def trouble_of(outcome: Outcome[Any]) -> Trouble:
    """Return what went wrong."""
    return _TROUBLES.get(outcome.code, Trouble.OTHER)


def held_up(hindered: Outcome[Any] | None) -> str:
    """Return the key of the sentence why a session cannot be gone on with; none for being offline."""
    obstacle = getattr(hindered, "obstacle", None)
    if obstacle is not None:
        return f"outcome.obstacle.{obstacle}"
    if hindered is None or hindered.code == "offline":
        return ""
    return f"signin.trouble_{trouble_of(hindered).value}"


def is_session_only(note: VaultNote) -> bool:
    """Tell whether the keyring failed us; a start that was told to use memory only needs no warning."""
    return note.value not in ("kept", "memory")


class SignInPresenter(Attempts[SignInState]):
    """Works for one page until :meth:`close`; what follows a sign-in is the shell's."""

    _key = "sign-in"

    def __init__(self, page: SignInPage, clerk: SignIn, state: SignInState, tasks: TaskScope) -> None:
        super().__init__(page, state, tasks)
        self._page, self._clerk = page, clerk
        page.sign_in_requested.connect(self._sign_in)
        page.resume_requested.connect(self._resume)
        page.key_given.connect(self._show_key)
        page.code_given.connect(self._add_code)
        page.code_given_up.connect(lambda: self.change(second=False, trouble=None))
        self._note = clerk.vault_changed.subscribe(self._vault_changed)
        self._vault_changed(clerk.vault_note)

    def state(self) -> SignInState:
        """Return what the page shows and what was typed, but no password: for a page that is built anew."""
        return replace(self._state, email=self._page.email(), busy=False)

    def close(self) -> None:
        """Stop listening and rendering; the page is given up, its password first."""
        self._note.close()
        super().close()

    def _vault_changed(self, note: VaultNote) -> None:
        fails = is_session_only(note)
        self._render(replace(self._state, session_only=fails, keyring=note.value))
        if not self._state.busy:  # else the page may go before anybody has read it
            self._clerk.told.keyring = note if fails else None

    def _sign_in(self, email: Personal[str], password: Secret) -> None:
        self.attempt(lambda: self._clerk.sign_in(email, password))

    def _add_code(self, code: Secret) -> None:
        self.attempt(lambda: self._clerk.add_code(code))

    def _show_key(self, key: Secret, keep: bool) -> None:
        self.attempt(lambda: self._clerk.key.sign_in(key, keep=keep))

    def _resume(self) -> None:
        self.attempt(self._clerk.resume)

    def _trouble(self, outcome: Outcome[Me]) -> dict[str, Any]:
        trouble = trouble_of(outcome)
        if trouble is Trouble.UNAVAILABLE and self._clerk.info is None:
            trouble = Trouble.NOT_LEADDESK
        second = self._state.second and trouble is not Trouble.TICKET_OVER
        if second and trouble is Trouble.WRONG:
            trouble = Trouble.CODE
        return {"trouble": trouble, "second": second, "held_up": held_up(self._clerk.hindered)}
