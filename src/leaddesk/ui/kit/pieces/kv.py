"""Rows of facts: key at the left, value at the right, a copy button where copying helps (picture 01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Link, Size, icon_button
from leaddesk.ui.kit.labels import MaskedLabel, PlainLabel
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, line_height


@dataclass(frozen=True)
class Row:
    """One fact. An empty value is shown as a dash; ``masked`` shows dots whatever the value is.

    ``link`` makes the value pressable (``opened``), ``copy`` adds the button (``copy_requested``), ``wrap``
    lets a long value take several lines instead of ending in an ellipsis.
    """

    key: str
    value: str = ""
    copy: bool = False
    link: bool = False
    masked: bool = False
    wrap: bool = False


class KeyValueRows(QWidget):
    """A column of facts about a person; values are personal. ``key_width`` in logical pixels at 100 %."""

    copy_requested = Signal(int)
    opened = Signal(int)

    def __init__(self, key_width: int = 120, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key_width = key_width
        self._rows: tuple[Row, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; nothing is rebuilt when they are the ones already shown."""
        if tuple(rows) == self._rows:
            return
        self.clear()
        self._rows = tuple(rows)
        for index, row in enumerate(rows):
            self._column.addWidget(self._build(index, row))

    def clear(self) -> None:
        """Forget all values, at once and not at the next event."""
        self._rows = ()
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _build(self, index: int, row: Row) -> QWidget:
        line = QWidget()
        line.setMinimumHeight(current().length("density.comfortable.kvRow"))
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(current().px(8))
        top = Qt.AlignmentFlag.AlignTop if row.wrap else Qt.AlignmentFlag.AlignVCenter
        key = PlainLabel(row.key, TextStyle.CAPTION, "text3", elide=True)
        if row.wrap:  # stands at the top: centred on the value's first line, which stands as in other rows
            inset = (line.minimumHeight() - line_height(TextStyle.BODY)) // 2
            across.setContentsMargins(0, inset, 0, inset)
            key.setContentsMargins(
                0, (line_height(TextStyle.BODY) - line_height(TextStyle.CAPTION)) // 2, 0, 0
            )
        key.setFixedWidth(current().px(self._key_width) - across.spacing())
        across.addWidget(key, 0, top)
        value = self._value(index, row)
        across.addWidget(value, 1, top | Qt.AlignmentFlag.AlignLeft if isinstance(value, Link) else top)
        if row.copy and row.value and not row.masked:
            across.addWidget(self._copy_button(index, row))
        return line

    def _value(self, index: int, row: Row) -> QWidget:
        if row.masked:
            return MaskedLabel(text("kit.masked", name=row.key))
        if not row.value:
            return PlainLabel(DASH, TextStyle.BODY, "text3")
        if row.link:
            link = Link(row.value, personal=True)
            link.clicked.connect(lambda: self.opened.emit(index))
            return link
        return PlainLabel(row.value, elide=not row.wrap, wrap=row.wrap, personal=True)

    def _copy_button(self, index: int, row: Row) -> QWidget:
        button = icon_button(Icon.COPY, text("kit.copy", name=row.key), size=Size.SMALL, icon_size=14)
        side = current().length("control.minTarget")
        button.setFixedSize(side, side)
        button.clicked.connect(lambda: self.copy_requested.emit(index))
        return button
