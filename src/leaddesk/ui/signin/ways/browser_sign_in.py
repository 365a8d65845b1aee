"""Signing in with the browser: asks whether the server offers it, opens it, waits, and lets go of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from leaddesk.ui.kit.wording import language, text
from leaddesk.ui.signin.sign_in_state import BrowserStep, BrowserWish

if TYPE_CHECKING:
    from leaddesk.desk.sign_in import SignIn
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.signin.sign_in_page import SignInPage
    from leaddesk.ui.signin.sign_in_presenter import SignInPresenter

_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>leaddesk</title>'
    '<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width">'
    "<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:20vh auto;padding:1em}}</style>"
    "<h1>leaddesk</h1><p>{sentence}</p>"
)


class BrowserSignIn:
    """Works beside the form's presenter, which owns the state and the one attempt at a time."""

    def __init__(self, page: SignInPage, form: SignInPresenter, clerk: SignIn, around: Surroundings) -> None:
        self._form, self._clerk, self._around = form, clerk, around
        self._address = ""
        self._wishes = {
            BrowserWish.BEGIN: self._begin,
            BrowserWish.COPY: self._copy,
            BrowserWish.CANCEL: form.give_up,
        }
        page.browser_wished.connect(lambda wish: self._wishes[wish]())
        form.run("ways", self._learn)

    async def _learn(self) -> None:
        ways = await self._clerk.ways()
        if ways is not None:
            offered = BrowserStep.OFFERED if ways.browser is not None else BrowserStep.ABSENT
            self._form.change(form=ways.form, browser=offered)

    def _begin(self) -> None:
        done, not_done = (_page(text(f"signin.browser_page_{how}")) for how in ("done", "not"))
        self._form.attempt(lambda: self._clerk.sign_in_with_browser(self._open, done, not_done))

    async def _open(self, address: str) -> None:
        self._address = address
        self._form.change(browser=BrowserStep.WAITING)
        if not await self._around.open_link(address):
            self._form.change(browser=BrowserStep.UNOPENED)

    def _copy(self) -> None:
        self._around.clipboard.copy(self._address)
        self._around.toasts.show_toast(text("signin.browser_copied"))


def _page(sentence: str) -> bytes:
    return _PAGE.format(language=language(), sentence=escape(sentence)).encode()
