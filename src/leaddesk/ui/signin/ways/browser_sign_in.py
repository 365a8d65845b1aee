"""Signing in, or unlocking, with the browser: asks whether it is offered, opens it, waits, lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QTimer

from leaddesk.ui.kit.presenting.browser_page import browser_page
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_state import BrowserStep, BrowserWish, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtCore import SignalInstance

    from leaddesk.contract.people import Me
    from leaddesk.desk.outcomes import Outcome
    from leaddesk.desk.sign_in import SignIn
    from leaddesk.session.browser.flow import Ways
    from leaddesk.ui.kit.presenting.surroundings import Surroundings

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
"""Seconds until a server that did not answer is asked again how one signs in there."""


class Page(Protocol):
    """A page with the browser among its ways."""

    @property
    def browser_wished(self) -> SignalInstance: ...


class Form(Protocol):
    """The presenter of such a page: owner of its state, and of the one attempt at a time."""

    def change(self, **facts: Any) -> None: ...
    def run(self, key: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None: ...
    def when_closed(self, end: Callable[[], object]) -> None: ...
    def attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None: ...
    def give_up(self) -> None: ...


class BrowserSignIn:
    """Works beside the form's presenter. ``unlocks``: only the person who locked may come back."""

    def __init__(
        self, page: Page, form: Form, clerk: SignIn, around: Surroundings, *, unlocks: bool = False
    ) -> None:
        self._form, self._clerk, self._around = form, clerk, around
        self._unlocks = unlocks
        self._address = ""
        self._wishes = {
            BrowserWish.BEGIN: self._begin,
            BrowserWish.COPY: self._copy,
            BrowserWish.CANCEL: form.give_up,
        }
        page.browser_wished.connect(lambda wish: self._wishes[wish]())
        self._pause, self._again = FIRST_PAUSE, QTimer()
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._ask)
        self._given_up = False
        form.when_closed(self._give_up)
        self._ask()

    def _give_up(self) -> None:
        self._given_up = True
        self._again.stop()

    def _ask(self) -> None:
        self._form.run("ways", self._learn)

    async def _learn(self) -> None:
        """Ask until the server answers: it may be away as the page comes, and this be the only way in."""
        ways = await self._clerk.ways()
        if ways is None and self._given_up:
            return
        if ways is None:
            self._again.start(round(self._pause * 1000))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return
        offered = BrowserStep.OFFERED if ways.browser is not None else BrowserStep.ABSENT
        form = {"form": ways.form or ways.key} if self._unlocks else {"form": ways.form, "key": ways.key}
        self._form.change(browser=offered, **form, **self._fault(ways))

    def _fault(self, ways: Ways) -> dict[str, Any]:
        """Say why the browser is missing where it should not be, and where there is no way at all."""
        if ways.browser is not None or ways.key or (ways.form and (self._unlocks or not ways.misnamed)):
            return {}
        trouble = Trouble.MISNAMED if ways.misnamed else Trouble.NO_WAY
        return {"trouble": f"signin.trouble_{trouble.value}" if self._unlocks else trouble}

    def _begin(self) -> None:
        done, not_done = (browser_page(text(f"signin.browser_page_{how}")) for how in ("done", "not"))
        clerk = self._clerk
        act = clerk.unlock_with_browser if self._unlocks else clerk.sign_in_with_browser
        self._form.attempt(lambda: act(self._open, done, not_done))

    async def _open(self, address: str) -> None:
        self._address = address
        self._form.change(browser=BrowserStep.WAITING)
        if not await self._around.open_link(address):
            self._form.change(browser=BrowserStep.UNOPENED)

    def _copy(self) -> None:
        self._around.clipboard.copy(self._address, personal=False)
        self._around.toasts.show_toast(text("signin.browser_copied"))
