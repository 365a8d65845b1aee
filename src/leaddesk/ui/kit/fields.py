"""Fields: a label above, an edit, a note or an error beneath."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Size, icon_button
from leaddesk.ui.kit.entry.edits import LineEdit, TextEdit
from leaddesk.ui.kit.labels import IconLabel, PlainLabel, set_tip
from leaddesk.ui.kit.painting.hints import draw_hint, hint_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class Field(QWidget):
    """The frame around one edit: label, optional word or link at its right, note or error beneath.

    Invariant: the edit carries the label as accessible name and the line beneath as description.
    """

    def __init__(self, label: str, edit: QWidget, *, aside: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = edit
        self._note = ""
        self._label = PlainLabel(label, TextStyle.CAPTION, "text2", bold=True)
        self._label.setBuddy(edit)
        edit.setAccessibleName(label)
        self.setFocusProxy(edit)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(self._label)
        if aside:
            self._head.addWidget(PlainLabel(aside, TextStyle.CAPTION, "text3"))
        self._head.addStretch(1)
        self._below = _Below()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._head)
        column.addWidget(edit)
        column.addWidget(self._below)

    def add_beside_label(self, widget: QWidget) -> None:
        """Put a link at the right end of the label's line."""
        self._head.addWidget(widget)

    def set_error(self, error: str | None) -> None:
        """Show what is wrong beneath the edit and frame it red; None shows the note again."""
        self._edit.setProperty("state", "error" if error else "")
        self._edit.style().polish(self._edit)
        self._below.show_line(error or self._note, is_error=bool(error))
        self._edit.setAccessibleDescription(error or self._note)

    def set_note(self, note: str) -> None:
        """Show a quiet sentence beneath the edit."""
        self._note = note
        self._below.show_line(note, is_error=False)
        self._edit.setAccessibleDescription(note)


class _Below(QWidget):
    """The line beneath an edit; takes no room while it is empty."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._icon = IconLabel(Icon.ALERT, "dangerText", 14)
        self._words = PlainLabel("", TextStyle.CAPTION, "text3", wrap=True)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.hide()

    def show_line(self, line: str, *, is_error: bool) -> None:
        self._words.setText(line)
        self._words.set_role("dangerText" if is_error else "text3")
        self._icon.setVisible(is_error)
        self.setVisible(bool(line))


class LineField(Field):
    """A field of one line. ``hint`` is an example shown while it is empty, never the label."""

    changed = Signal(str)
    submitted = Signal()

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        aside: str = "",
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self.edit = LineEdit("control.fieldLarge" if large else "control.field")
        super().__init__(label, self.edit, aside=aside, parent=parent)
        self.edit.setPlaceholderText(hint)
        self.edit.textEdited.connect(self._edited)
        self.edit.returnPressed.connect(self.submitted)

    def value(self) -> str:
        """Return what was typed."""
        return self.edit.text()

    def set_value(self, value: str) -> None:
        """Replace the content without announcing a change."""
        self.edit.setText(value)

    def clear(self) -> None:
        """Empty the edit and its undo history."""
        self.edit.clear()
        self.edit.setText("")

    def _edited(self, value: str) -> None:
        self.changed.emit(value)


class PasswordField(LineField):
    """A password: dots until the eye is pressed, never copied out, pasting welcome."""

    def __init__(self, label: str, *, large: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(label, large=large, parent=parent)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setTextMargins(0, 0, current().px(30), 0)
        self._eye: Button = icon_button(Icon.VISIBLE, text("kit.show_password"), size=Size.SMALL)
        self._eye.setParent(self.edit)
        self._eye.setCursor(Qt.CursorShape.ArrowCursor)
        self._eye.clicked.connect(self._toggle)
        self.edit.installEventFilter(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.edit and isinstance(event, QResizeEvent):
            side = current().px(24)
            self._eye.setFixedSize(side, side)
            self._eye.move(self.edit.width() - side - current().px(6), (self.edit.height() - side) // 2)
        return False

    def hide_again(self) -> None:
        """Show dots again: after a failed attempt, when the window loses focus."""
        self._show(visible=False)

    def _toggle(self) -> None:
        self._show(visible=self.edit.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, *, visible: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)
        self._eye.set_icon(Icon.HIDDEN if visible else Icon.VISIBLE)
        name = text("kit.hide_password" if visible else "kit.show_password")
        self._eye.setAccessibleName(name)
        set_tip(self._eye, name)


class TextField(Field):
    """A field of several lines; Ctrl+Enter submits."""

    changed = Signal(str)
    submitted = Signal()

    def __init__(
        self, label: str, *, rows: int = 3, hint: str = "", aside: str = "", parent: QWidget | None = None
    ) -> None:
        self.edit = TextEdit(rows)
        super().__init__(label, self.edit, aside=aside, parent=parent)
        self.edit.setPlaceholderText(hint)
        self.edit.textChanged.connect(lambda: self.changed.emit(self.value()))
        self.edit.submitted.connect(self.submitted)

    def value(self) -> str:
        """Return what was typed."""
        return self.edit.toPlainText()

    def set_value(self, value: str) -> None:
        """Replace the content."""
        self.edit.setPlainText(value)


class ChoiceField(Field):
    """One of several values, chosen from a list that drops down."""

    chosen = Signal(str)

    def __init__(
        self, label: str, options: Sequence[tuple[str, str]], *, parent: QWidget | None = None
    ) -> None:
        self.edit = _Combo()
        super().__init__(label, self.edit, parent=parent)
        for value, shown in options:
            self.edit.addItem(shown, value)
        self.edit.activated.connect(lambda _index: self.chosen.emit(self.value()))

    def value(self) -> str:
        """Return the value chosen; empty while there is none."""
        return str(self.edit.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose a value without announcing it."""
        self.edit.setCurrentIndex(self.edit.findData(value))


class _Combo(QComboBox):
    def __init__(self) -> None:
        super().__init__()
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = current().px(16)
        box = QRectF(self.width() - side - current().px(10), 0, side, self.height())
        draw_icon(painter, box, Icon.CHOOSE, "text2" if self.isEnabled() else "textDisabled")
        painter.end()

    def _measure(self) -> None:
        self.setFixedHeight(current().length("control.field"))


class SearchBox(LineEdit):
    """The search of the top bar: magnifier at the left, the key that leads here at the right while empty."""

    def __init__(self, placeholder: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__("control.search", parent)
        self._keys = keys
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setTextMargins(current().px(26), 0, hint_width(keys) if keys else 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        px = current().px
        draw_icon(painter, QRectF(px(10), 0, px(16), self.height()), Icon.SEARCH, "text2")
        if self._keys and not self.text():
            wide = hint_width(self._keys)
            draw_hint(painter, QRectF(self.width() - wide - px(7), 0, wide, self.height()), self._keys)
        painter.end()
