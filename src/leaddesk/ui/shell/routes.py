"""Who opens what: the only place where features meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from leaddesk.ui.shell.doors import Closable, Page, Rooms
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.open_lead import Detail, OpenLead
from leaddesk.ui.shell.state import Route, WindowState

if TYPE_CHECKING:
    from leaddesk.ui.shell.frame_presenter import FramePresenter


class Routes:
    """Builds a page at its first visit, connects it, and closes everything at once.

    Invariant: after :meth:`close` no feature's view is in the widget tree and no presenter works.
    """

    def __init__(
        self, workplace: Workplace, rooms: Rooms, frame: FramePresenter, queue: Callable[[], QWidget]
    ) -> None:
        self._workplace, self._rooms, self._frame, self._queue = workplace, rooms, frame, queue
        self._pages: dict[Route, Page[Any, Any]] = {}
        features = rooms.features
        self._others: list[Closable] = [
            features.offer_alerts(partial(self.open, Route.OFFERS)),
            features.step_up(),
        ]
        self.lead = OpenLead(workplace, self._build_detail)
        self.current = Route.LEADS
        workplace.top.search_changed.connect(self._searched)
        workplace.top.search_submitted.connect(self.focus_page)
        workplace.top.deadline_pressed.connect(partial(self.open, Route.OFFERS))
        workplace.navigation.route_requested.connect(lambda route: self.open(Route(route)))
        workplace.status.waiting_pressed.connect(self.show_queue)

    def open(self, route: Route) -> None:
        """Show a page; the lead at the right belongs to the list."""
        first = not self._pages
        page = self._pages.get(route) or self._build(route)
        changed, self.current = first or route is not self.current, route
        self._workplace.pages.show_page(page.view)
        self._frame.set_route(route)
        if changed:
            self.lead.show_on(route is Route.LEADS)
            self.focus_page()

    def open_lead(self, lead_id: str) -> None:
        """Show one lead from anywhere: offer, share, or what was open before a lock."""
        self.open(Route.LEADS)
        self.page(Route.LEADS).presenter.select(lead_id)
        self.lead.open(lead_id)

    def show_queue(self) -> None:
        """Show the waiting changes at the right."""
        self.lead.cover(self._queue())

    def show_sessions(self) -> None:
        """Show where one is signed in."""
        self._others.append(self._rooms.features.sessions())

    def page(self, route: Route) -> Page[Any, Any]:
        """Return a page, built if it was not visited."""
        return self._pages.get(route) or self._build(route)

    def focus_page(self) -> None:
        """Put the focus where this page's keys act."""
        page = self.page(self.current)
        for thing in (page.view, page.presenter):
            for name in ("focus_list", "focus_page"):
                if hasattr(thing, name):
                    getattr(thing, name)()
                    return
        page.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def walk(self, delta: int) -> None:
        """Open the previous or next lead of the filtered list."""
        if self.current is Route.LEADS:
            self.page(Route.LEADS).presenter.walk(delta)

    def notice(self, notice: QWidget | None) -> None:
        """Put a note above the list's header, or take it away."""
        self.page(Route.LEADS).view.set_notice(notice)

    def leave(self) -> None:
        """Leave what stands at the right of the list."""
        self.lead.leave()
        self.focus_page()

    def keep(self, *, letters: bool) -> WindowState:
        """Return what a person shall find again."""
        search, lead = self._workplace.top.search.text(), self.lead
        return WindowState(self.current, search, lead.lead_id, letters)

    def restore(self, kept: WindowState) -> None:
        """Go back to where a person was, as far as it still exists."""
        self.open(Route.LEADS)
        if kept.search:
            self._workplace.top.search.setText(kept.search)
        if kept.lead_id is not None:
            self.open_lead(kept.lead_id)
        if kept.route in self._workplace.navigation.routes():
            self.open(kept.route)

    def close(self) -> None:
        """Close every presenter and take every view out of the tree."""
        for other in self._others:
            other.close()
        self.lead.close()
        for page in self._pages.values():
            page.presenter.close()
            page.view.hide()
            page.view.setParent(None)
            page.view.deleteLater()
        self._others, self._pages = [], {}

    def _build(self, route: Route) -> Page[Any, Any]:
        features = self._rooms.features
        builders = {
            Route.LEADS: features.lead_list,
            Route.OFFERS: features.offers,
            Route.SHARES: features.shares,
            Route.APPROVALS: features.approvals,
        }
        page: Page[Any, Any] = builders[route]()
        self._pages[route] = page
        if route is Route.LEADS:
            page.view.lead_opened.connect(self.lead.open)
            page.view.place_changed.connect(self.lead.set_place)
            page.view.shown_changed.connect(self._frame.set_shown)
            page.view.filter_cleared.connect(self._workplace.top.search.clear)
            if page.view.shown is not None:
                self._frame.set_shown(page.view.shown)
        elif route is not Route.APPROVALS:
            page.view.lead_opened.connect(self.open_lead)
        return page

    def _build_detail(self) -> Detail:
        detail = self._rooms.features.lead_detail()
        detail.view.walk_requested.connect(self.walk)
        detail.view.closed.connect(self.leave)
        detail.view.share_requested.connect(self._share)
        return detail

    def _share(self, lead_id: str) -> None:
        self._others.append(self._rooms.features.share_dialog(lead_id))

    def _searched(self, words: str) -> None:
        self.open(Route.LEADS)
        self.page(Route.LEADS).presenter.search(words)
