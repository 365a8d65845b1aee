"""Plain surfaces: filled panes, cards, scrolling columns, section titles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScrollBar, QSizePolicy, QWidget

from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.speech.roles import UNSPOKEN, speak_as
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class Pane(QFrame):
    """A widget filled with one of the surface colours: window, surface, sunken, raised."""

    def __init__(self, fill: str = "surface", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("fill", fill)
        speak_as(self, UNSPOKEN)


class Card(QFrame):
    """A raised surface with a hairline and round corners, for what can be picked up or decided."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")


class SectionTitle(PlainLabel):
    """The heading of a group of rows: caption size, 600."""

    def __init__(self, shown: str, parent: QWidget | None = None) -> None:
        super().__init__(shown, TextStyle.CAPTION, "text2", bold=True, parent=parent)


class ColumnHead(Pane):
    """The names of columns above rows that scroll.

    Invariant: it ends where the rows end, whether a scroll bar stands beside them or not.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent)
        self.setMinimumHeight(current().px(30))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._bar: QScrollBar | None = None
        self._beside = 0

    def stand_above(self, area: QScrollArea) -> None:
        """Follow the scroll bar of the rows."""
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._make_room)

    def _make_room(self, _low: int, high: int) -> None:
        layout = self.layout()
        if self._bar is None or layout is None:
            return
        beside = self._bar.sizeHint().width() if high > 0 else 0
        margins = layout.contentsMargins()
        margins.setRight(margins.right() + beside - self._beside)
        self._beside = beside
        layout.setContentsMargins(margins)


def page_head(title: str, *beside: QWidget) -> QWidget:
    """Return the head of a full page: its title, then what stands beside it, the first taking the room."""
    theme, head = current(), QWidget()
    head.setFixedHeight(theme.length("layout.pageHeader"))
    row = QHBoxLayout(head)
    row.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
    row.setSpacing(theme.px(8))
    row.addWidget(PlainLabel(title, TextStyle.PANE_TITLE))
    for index, widget in enumerate(beside):
        row.addWidget(widget, 0 if index else 1)
    return head


def scroll(content: QWidget) -> QScrollArea:
    """Return a frameless area that scrolls its content up and down and is reached by the keyboard."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area
