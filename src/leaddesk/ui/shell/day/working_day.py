"""The workplace of one signed-in person with everything that works for it, built and closed as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.day.copying import Copying
from leaddesk.ui.shell.day.leaving import Leaving
from leaddesk.ui.shell.day.sign_in_news import SignInNews
from leaddesk.ui.shell.day.window_keys import WindowKeys
from leaddesk.ui.shell.frame.person_menu import PersonMenuActs, WaitChoices, person_menu
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.frame_presenter import FramePresenter
from leaddesk.ui.shell.help.shortcuts import Shortcuts
from leaddesk.ui.shell.outbox.outbox_presenter import OutboxPresenter
from leaddesk.ui.shell.outbox.stranded import Stranded
from leaddesk.ui.shell.routes import Routes
from leaddesk.ui.shell.state import Link, OutageState, WindowState, WorkplaceState

if TYPE_CHECKING:
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.shell.doors import Rooms
    from leaddesk.ui.shell.outbox.outage_note import OutageNote
    from leaddesk.ui.theme.style import Style


@dataclass(frozen=True)
class DayActs:
    """What only the window as a whole can do."""

    lock: Callable[[], object]
    menu: PersonMenuActs
    style: Style
    name_title: Callable[[bool], object]


class WorkingDay:
    """Everything between sign-in and lock.

    Invariant: :meth:`close` leaves no presenter, subscription, timer, shortcut or feature view behind.
    """

    def __init__(self, rooms: Rooms, around: Surroundings, acts: DayActs, kept: WindowState) -> None:
        self._rooms, self._around, self._acts = rooms, around, acts
        self._note: OutageNote | None = None
        self._tasks = TaskScope(around.on_error)
        self._frame = FramePresenter(self._render, rooms, around.clock)
        self.workplace = Workplace(self._frame.compose())
        self._outbox = OutboxPresenter(rooms, around, self._show_queue)
        self._stranded = Stranded(rooms, around)
        self._routes = Routes(self.workplace, rooms, self._frame, self._queue)
        self._keys = WindowKeys(self.workplace, self._routes)
        self._shortcuts = Shortcuts(around.window, self._keys.acts(acts.lock, self.show_keys))
        self._shortcuts.set_letters(kept.letters)
        self._copying = Copying(rooms.desk.rules.policy, around)
        self._leaving = Leaving(rooms.desk.rules.policy, around.toasts, self._routes.lead.in_a_call)
        self._news = SignInNews(rooms.desk.sign_in, around, acts.lock)
        top, navigation = self.workplace.top, self.workplace.navigation
        top.lock_requested.connect(acts.lock)
        top.person_menu_requested.connect(self._show_menu)
        if rooms.seating is not None:
            top.places_requested.connect(rooms.seating.open_menu)
        navigation.help_requested.connect(self.show_keys)

    def begin(self, kept: WindowState) -> None:
        """Go to where the person was; call once the workplace is in the window."""
        self._routes.restore(kept)
        self._frame.render()

    def repaint(self) -> None:
        """Show the ground's instance as it is now."""
        self._frame.render()

    def keep(self) -> WindowState:
        """Return what a person shall find again."""
        return self._routes.keep(letters=self._shortcuts.letters)

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        from leaddesk.ui.shell.help.keys_dialog import KeysDialog
        from leaddesk.ui.shell.help.offered import sheet_of

        routes = self.workplace.navigation.routes()
        sheet = sheet_of(self._rooms, routes, letters=self._shortcuts.letters)
        dialog = KeysDialog(self._around.window, sheet)
        dialog.letters_switched.connect(self._shortcuts.set_letters)
        dialog.promises_requested.connect(lambda: self._tasks.once("promises", self._show_promises))
        dialog.open()

    async def _show_promises(self) -> None:
        """Show what this computer can promise, looked up now; nobody has to sign out for that."""
        if self._rooms.ground.guarantees is not None:
            from leaddesk.ui.signin.guarantees import GuaranteesDialog

            GuaranteesDialog(self._around.window, await self._rooms.ground.guarantees()).open()

    def close(self) -> None:
        """Close everything; the workplace itself goes when the window shows another page."""
        self._tasks.close()
        self._copying.close()
        self._leaving.close()
        self._news.close()
        self._shortcuts.close()
        self._frame.close()
        self._outbox.close()
        self._stranded.close()
        self._routes.close()

    def _render(self, state: WorkplaceState) -> None:
        self.workplace.render_state(state)
        self._acts.name_title(state.top.link is Link.OFFLINE)
        self._show_outage(state.outage)

    def _show_outage(self, outage: OutageState | None) -> None:
        if outage is None:
            if self._note is not None:
                self._routes.notice(None)
                self._note.deleteLater()
                self._note = None
        elif self._note is None:
            from leaddesk.ui.shell.outbox.outage_note import OutageNote

            self._note = OutageNote(outage)
            self._note.retry_requested.connect(self._rooms.desk.sync.retry_now)
            self._routes.notice(self._note)
        else:
            self._note.render_state(outage)

    def _queue(self) -> QWidget:
        return self._outbox.pane(self._routes.leave, self._write_on)

    def _write_on(self, lead_id: str) -> None:
        """Show a lead with the note that was begun there, ready to be written on."""
        self._routes.open_lead(lead_id)
        self._routes.lead.do("write_note")

    def _show_queue(self) -> None:
        self._routes.show_queue()

    def _show_menu(self) -> None:
        who = self._frame.compose().top.who
        known = self._rooms.desk.sign_in.can("sign-in")
        sessions = self._routes.show_sessions if known else None
        acts = replace(self._acts.menu, show_sessions=sessions, wait=self._waits())
        menu = person_menu(self._around.window, who, self._acts.style.chosen, acts)
        menu.open_below(self.workplace.top.person)

    def _waits(self) -> WaitChoices:
        own, asked = self._rooms.ground.own_wait, self._rooms.desk.rules.policy.value.idle_minutes
        return WaitChoices(own.allowed(asked).minutes, own.offered(asked), own.chosen, self._choose_wait)

    def _choose_wait(self, minutes: int | None) -> None:
        """Have it lock sooner, or as asked again; how long that lasts is said."""
        own, asked = self._rooms.ground.own_wait, self._rooms.desk.rules.policy.value.idle_minutes
        own.choose(minutes)
        key = "shell.wait_as_asked" if minutes is None else "shell.wait_chosen"
        self._around.toasts.show_toast(text(key, n=own.wait(asked).minutes))
