"""The pages before the day: sign-in and lock, one at a time, each with its presenter.

Imported when one of them is shown, or when nobody waits: a morning begins with the first rows (P2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from leaddesk.ui.kit.wording import Language, text
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.lock.lock_presenter import LockPresenter
from leaddesk.ui.signin.servers import Servers
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter, held_up
from leaddesk.ui.signin.sign_in_state import SignInState, Trouble
from leaddesk.ui.signin.ways.browser_sign_in import BrowserSignIn

if TYPE_CHECKING:
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.kit.tasks import TaskScope
    from leaddesk.ui.shell.doors import Closable, Rooms
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.shell.state import LockState, Memory


@dataclass(frozen=True)
class Door:
    """How a seat's sign-in page begins."""

    email: str = field(default="", repr=False)
    trouble: Trouble | None = None
    resumable: bool = False


class Entrance:
    """Shows one of both pages of a seat; attempts run in the seat's own scope."""

    def __init__(self, window: MainWindow, rooms: Rooms, around: Surroundings, tasks: TaskScope) -> None:
        self._window, self._rooms, self._around, self._tasks = window, rooms, around, tasks
        self._door: Closable | None = None
        self._form: SignInPresenter | None = None
        self._lock: LockPresenter | None = None

    @property
    def is_open(self) -> bool:
        """Whether one of the pages is shown."""
        return self._door is not None

    def repaint(self) -> None:
        """Show the ground's instance as it is now; what was typed stays."""
        for page in (self._form, self._lock):
            if page is not None:
                page.change(instance=self._rooms.ground.instance)

    def typed(self) -> SignInState | None:
        """Return what the sign-in page shows and what was typed but the password, if it is shown."""
        return self._form.state() if self._form is not None else None

    def show_sign_in(self, door: Door, choose_language: Callable[[Language], object]) -> None:
        """Show the sign-in page as nobody has used it yet."""
        ground = self._rooms.ground
        state = SignInState(
            ground.instance,
            ground.server,
            ground.version(),
            email=door.email,
            trouble=None if door.resumable else door.trouble,
            resumable=door.resumable,
            held_up=held_up(self._rooms.desk.sign_in.hindered) if door.resumable else "",
            promises=ground.guarantees is not None,
        )
        self.show_form(state, choose_language)

    def show_form(self, state: SignInState, choose_language: Callable[[Language], object]) -> None:
        """Show the sign-in page; another server can be chosen while nothing of a person waits here."""
        self.leave()
        state = self._with_choices(state)
        page = SignInPage(state)
        self._connect_choices(page)
        self._door = self._form = SignInPresenter(page, self._rooms.desk.sign_in, state, self._tasks)
        self._browser = BrowserSignIn(page, self._form, self._rooms.desk.sign_in, self._around)
        page.promises_requested.connect(lambda: self._tasks.once("promises", self._show_guarantees))
        page.language_requested.connect(choose_language)
        self._window.show_page(page)
        self._window.name_title()
        page.focus_first()

    def show_lock(self, state: LockState, sign_out: Callable[[], object]) -> None:
        """Show the lock page."""
        self.leave()
        page = LockPage(state)
        clerk = self._rooms.desk.sign_in
        self._door = self._lock = door = LockPresenter(page, clerk, state, self._tasks)
        door.look_for(self._rooms.desk.reachable)
        if not state.key:
            self._browser = BrowserSignIn(page, door, clerk, self._around, unlocks=True)
        page.sign_out_requested.connect(sign_out)
        self._window.show_page(page)
        self._window.name_title(text("shell.title_locked"))
        page.focus_first()

    def say_memory(self, memory: Memory) -> None:
        """Say on a lock page what has become of the memory."""
        if self._lock is not None:
            self._lock.change(memory=memory)

    def _with_choices(self, state: SignInState) -> SignInState:
        seating, desk = self._rooms.seating, self._rooms.desk
        state = replace(state, instance=self._rooms.ground.instance)
        if seating is None:
            return state
        free = not (desk.sign_in.me or desk.sign_in.former_email or desk.outbox.waiting)
        free = free and not desk.drafts.count
        servers = self._servers()
        kept = servers if free else Servers(unclear=servers.unclear)
        return replace(state, servers=kept, back=seating.back())

    def _connect_choices(self, page: SignInPage) -> None:
        seating, ground = self._rooms.seating, self._rooms.ground
        servers = self._servers()
        if seating is None:
            return

        def email_given(email: str) -> None:
            found = servers.of(email)
            if found is not None and found != ground.server and self._is_free():
                seating.move(found, email)

        page.server_chosen.connect(lambda address: seating.move(address, page.email()))
        page.email_given.connect(email_given)
        page.back_requested.connect(seating.go_back)

    def _servers(self) -> Servers:
        found = self._rooms.ground.servers
        return found() if found is not None else Servers()

    def _is_free(self) -> bool:
        return self._form is not None and not self._form.state().second and not self._tasks.busy("sign-in")

    def leave(self) -> None:
        """Close the page's presenter; the page goes when another is shown."""
        if self._door is not None:
            self._door.close()
            self._door = self._form = self._lock = None

    async def _show_guarantees(self) -> None:
        """Show what this computer can promise, if the page that asked is still there."""
        form = self._form
        if self._rooms.ground.guarantees is None or form is None:
            return
        facts = await self._rooms.ground.guarantees()
        if self._form is form:
            from leaddesk.ui.signin.guarantees import GuaranteesDialog

            GuaranteesDialog(self._window, facts).open()
