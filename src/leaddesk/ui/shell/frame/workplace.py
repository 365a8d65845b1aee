"""The frame of a signed-in person: top bar, navigation, pages, side pane, status bar."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.choose_hint import ChooseHint
from leaddesk.ui.shell.frame.navigation import Navigation
from leaddesk.ui.shell.frame.panes import PageStack, Panes
from leaddesk.ui.shell.frame.status_bar import StatusBar
from leaddesk.ui.shell.frame.top_bar import TopBar
from leaddesk.ui.shell.state import Link, WorkplaceState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current


class Workplace(QWidget):
    """Renders a WorkplaceState and holds the features' views, which it does not know.

    The parts are public for the shell to connect: ``top``, ``navigation``, ``panes``, ``status``.
    """

    resized = Signal()
    _veiling: EmptyState | None = None

    def __init__(self, state: WorkplaceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.top = TopBar(state.top)
        self.navigation = Navigation(state.navigation)
        self.pages = PageStack()
        self.panes = Panes(self.pages)
        self.status = StatusBar(state.status)
        self._hint = ChooseHint()
        self._body = QStackedWidget()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        self._body.addWidget(self.panes)
        middle.addWidget(self._body, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.render_state(state)

    def render_state(self, state: WorkplaceState) -> None:
        """Show another state."""
        self.top.render_state(state.top)
        self.navigation.render_state(state.navigation)
        self.status.render_state(state.status)
        self._hint.show_loading(state.top.link is Link.LOADING)
        self._body.setCurrentWidget(self.panes if state.trusted else self._veil())

    def _veil(self) -> QWidget:
        """Return what takes the panes' place while deletions are not applied; made when it is needed."""
        if self._veiling is None:
            self._veiling = EmptyState(Icon.RETRY, text("shell.veil_title"), text("shell.veil_sentence"))
            self._body.addWidget(self._veiling)
        return self._veiling

    def show_side(self, view: QWidget) -> None:
        """Show a view at the right: a lead, or the queue."""
        self.panes.side.show_widget(view)
        self.panes.set_open(True)

    def show_hint(self) -> None:
        """Show how to choose a lead; nothing in a small window, where it would cover the list."""
        self.panes.side.show_widget(self._hint)
        self.panes.set_open(not self.panes.is_over)

    def hide_side(self) -> None:
        """Give the page the full width."""
        self.panes.set_open(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the breakpoints of the look."""
        super().resizeEvent(event)
        theme, wide = current(), self.width() + current().length("layout.edge")
        self.navigation.set_icons_only(wide < theme.length("layout.breakpoints.navIconsBelow"))
        over = wide < theme.length("layout.breakpoints.detailOverlaysBelow")
        if over and not self.panes.is_over and self.panes.side.shows(self._hint):
            self.panes.set_open(False)
        self.panes.set_over(over)
        self.resized.emit()
