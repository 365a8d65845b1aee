"""What each key does in the workplace."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.help.shortcuts import Act
from leaddesk.ui.shell.routes import Routes
from leaddesk.ui.shell.state import Route

Acts = dict[Act, Callable[[], object]]


class WindowKeys:
    """Turns keys into what the routes can do."""

    def __init__(self, workplace: Workplace, routes: Routes) -> None:
        self._workplace, self._routes = workplace, routes

    def acts(self, lock: Callable[[], object], show_keys: Callable[[], object]) -> Acts:
        """Return the table of keys for one workplace."""
        routes, lead = self._routes, self._routes.lead
        return {
            Act.SEARCH: self.search,
            Act.DOWN: lambda: self.move(1),
            Act.UP: lambda: self.move(-1),
            Act.BACK: self.back,
            Act.PREVIOUS: lambda: routes.walk(-1),
            Act.NEXT: lambda: routes.walk(1),
            Act.CALL: lambda: self._on_list(lambda: lead.do("call")),
            Act.MAIL: lambda: self._on_list(lambda: lead.do("mail")),
            Act.NOTE: lambda: self._on_list(lambda: lead.do("write_note")),
            Act.STEP: lambda: self._on_list(lambda: lead.do("change_step")),
            Act.SHARE: lambda: self._on_list(lambda: lead.do("share")),
            Act.DELETE: lambda: self._on_list(lambda: lead.do("delete")),
            Act.LOCK: lock,
            Act.HELP: show_keys,
            Act.PAGE_1: lambda: self.open_nth(0),
            Act.PAGE_2: lambda: self.open_nth(1),
            Act.PAGE_3: lambda: self.open_nth(2),
            Act.PAGE_4: lambda: self.open_nth(3),
        }

    def search(self) -> None:
        """Put the cursor into the search field."""
        field = self._workplace.top.search
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def move(self, delta: int) -> None:
        """Move the list's cursor, wherever the focus is."""
        self._on_list(lambda: self._routes.page(Route.LEADS).view.move_cursor(delta))

    def back(self) -> None:
        """Leave the innermost thing: the search text, then the queue or the lead, then nothing more."""
        field, lead = self._workplace.top.search, self._routes.lead
        if field.hasFocus() or not (lead.is_open() and self._routes.current is Route.LEADS):
            field.clear()
        else:
            lead.leave()
        self._routes.focus_page()

    def open_nth(self, place: int) -> None:
        """Open the page at a place of the navigation; nothing if there is none."""
        routes = self._workplace.navigation.routes()
        if place < len(routes):
            self._routes.open(routes[place])

    def _on_list(self, act: Callable[[], object]) -> None:
        if self._routes.current is Route.LEADS:
            act()
