"""The top bar: where one is, the one search field, what presses, who one is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.brand.instance import tint
from leaddesk.ui.kit.buttons import icon_button
from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.fields import SearchBox
from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.people import draw_avatar, initials, slot_of
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.connection import ConnectionMark, DeadlineChip
from leaddesk.ui.shell.place.place import INSET, PlaceButton
from leaddesk.ui.shell.state import TopBarState, Who
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current

SEARCH, SEARCH_LEAST, SEARCH_COMFORT, PLACE, GAP, SIDE = 480, 160, 240, 280, 20, 10
WORDS_FROM = 800


class PersonButton(Pressable):
    """The avatar at the right end; opens the person's menu."""

    def __init__(self, who: Who, parent: QWidget | None = None) -> None:
        super().__init__(14, parent)
        self.show_person(who)

    def show_person(self, who: Who) -> None:
        """Show another person."""
        self._who = who
        self.setAccessibleName(text("shell.person_spoken", name=who.name))
        set_tip(self, who.name)
        self.update()

    def sizeHint(self) -> QSize:
        """Give the avatar's square."""
        side = current().length("avatar.header")
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the avatar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_avatar(painter, QRectF(self.rect()), initials(self._who.name), slot_of(self._who.person_id))


class TopBar(QWidget):
    """Renders a TopBarState; owns the window's one search field."""

    search_changed = Signal(str)
    search_submitted = Signal()
    deadline_pressed = Signal()
    places_requested = Signal()
    lock_requested = Signal()
    person_menu_requested = Signal()

    def __init__(self, state: TopBarState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.place = PlaceButton(state.instance, state.who.tenant, self)
        self.search = SearchBox(text("shell.search"), "/", self)
        self._deadline = DeadlineChip(self)
        self._connection = ConnectionMark(self)
        self._lock = icon_button(Icon.LOCK, text("shell.lock_tip"))
        self._lock.setParent(self)
        self.person = PersonButton(state.who, self)
        self.setFixedHeight(current().length("layout.topBar"))
        self.place.clicked.connect(self.places_requested)
        self.search.textChanged.connect(self.search_changed)
        self.search.returnPressed.connect(self.search_submitted)
        self._deadline.clicked.connect(self.deadline_pressed)
        self._lock.clicked.connect(self.lock_requested)
        self.person.clicked.connect(self.person_menu_requested)
        self.render_state(state)

    def render_state(self, state: TopBarState) -> None:
        """Show another state."""
        self._state = state
        self.place.show_place(state.instance, state.who.tenant, switches=state.switches)
        self._deadline.show_left(state.deadline)
        self.person.show_person(state.who)
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew, with words where they fit."""
        super().resizeEvent(event)
        self.render_state(self._state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the instance's tint and the hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint(self._state.instance))
        painter.fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))

    def _arrange(self) -> None:
        """Put the right block first, the search in the window's middle, the tenant into what is left."""
        theme = current()
        right = self._arrange_right(word=self.width() >= theme.px(WORDS_FROM))
        if self._search_fits(right) < theme.px(SEARCH_COMFORT):
            right = self._arrange_right(word=False)
        wide = max(theme.px(SEARCH_LEAST), min(theme.px(SEARCH), self._search_fits(right)))
        left = min(round(self._middle() - wide / 2), right - theme.px(8) - wide)
        height = theme.length("control.search")
        self.search.setGeometry(left, (self.height() - height) // 2, wide, height)
        start = theme.px(SIDE - INSET)
        place, tall = (
            max(0, min(self._place_width(), left - theme.px(8) - start)),
            self.place.sizeHint().height(),
        )
        self.place.setGeometry(start, (self.height() - tall) // 2, place, tall)

    def _arrange_right(self, *, word: bool) -> int:
        """Arrange what stands at the right, the connection with its word or without; return its left end."""
        theme = current()
        self._connection.show_link(self._state.link, word=word)
        right = self.width() - theme.px(SIDE)
        for widget, gap in ((self.person, 10), (self._lock, 8), (self._connection, 16), (self._deadline, 0)):
            if widget.isHidden():
                continue
            size = widget.sizeHint()
            right -= size.width()
            widget.setGeometry(right, (self.height() - size.height()) // 2, size.width(), size.height())
            right -= theme.px(gap)
        return right

    def _middle(self) -> float:
        return (self.width() - current().length("layout.edge")) / 2

    def _place_width(self) -> int:
        return min(current().px(PLACE), self.place.sizeHint().width())

    def _search_fits(self, right: int) -> int:
        """Return how wide the search may be and still stand in the window's middle."""
        px, middle = current().px, self._middle()
        return round(2 * min(right - px(GAP) - middle, middle - px(SIDE) - self._place_width() - px(12)))
