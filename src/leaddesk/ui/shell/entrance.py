"""The pages before the day: sign-in and lock, one at a time, each with its presenter.

Imported when one of them is shown, or when nobody waits: a morning begins with the first rows (P2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leaddesk.ui.kit.wording import Language, text
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.lock.lock_presenter import LockPresenter
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.ways.browser_sign_in import BrowserSignIn

if TYPE_CHECKING:
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.kit.tasks import TaskScope
    from leaddesk.ui.shell.doors import Closable, Rooms
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.shell.state import LockState
    from leaddesk.ui.signin.sign_in_state import SignInState


class Entrance:
    """Shows one of both pages of a seat; attempts run in the seat's own scope."""

    def __init__(self, window: MainWindow, rooms: Rooms, around: Surroundings, tasks: TaskScope) -> None:
        self._window, self._rooms, self._around, self._tasks = window, rooms, around, tasks
        self._door: Closable | None = None
        self._form: SignInPresenter | None = None

    @property
    def is_open(self) -> bool:
        """Whether one of the pages is shown."""
        return self._door is not None

    def typed(self) -> SignInState | None:
        """Return what the sign-in page shows and what was typed but the password, if it is shown."""
        return self._form.state() if self._form is not None else None

    def show_form(self, state: SignInState, choose_language: Callable[[Language], object]) -> None:
        """Show the sign-in page."""
        self.leave()
        page = SignInPage(state)
        self._door = self._form = SignInPresenter(page, self._rooms.desk.sign_in, state, self._tasks)
        self._browser = BrowserSignIn(page, self._form, self._rooms.desk.sign_in, self._around)
        page.promises_requested.connect(self._show_guarantees)
        page.language_requested.connect(choose_language)
        self._window.show_page(page)
        self._window.name_title()
        page.focus_first()

    def show_lock(self, state: LockState, sign_out: Callable[[], object]) -> None:
        """Show the lock page."""
        self.leave()
        page = LockPage(state)
        clerk = self._rooms.desk.sign_in
        self._door = door = LockPresenter(page, clerk, state, self._tasks)
        self._browser = BrowserSignIn(page, door, clerk, self._around, unlocks=True)
        page.sign_out_requested.connect(sign_out)
        self._window.show_page(page)
        self._window.name_title(text("shell.title_locked"))
        page.focus_first()

    def leave(self) -> None:
        """Close the page's presenter; the page goes when another is shown."""
        if self._door is not None:
            self._door.close()
            self._door = self._form = None

    def _show_guarantees(self) -> None:
        if self._rooms.ground.guarantees is not None:
            from leaddesk.ui.signin.guarantees import GuaranteesDialog

            GuaranteesDialog(self._window, self._rooms.ground.guarantees()).open()
