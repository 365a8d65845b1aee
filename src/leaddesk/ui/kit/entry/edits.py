"""Line and text edits whose content does not leak.

Copying goes through the expiring clipboard, selecting does not fill the primary selection, input methods are
told that the content is sensitive (guarantees A9, A10). Qt's own menu would copy past the clipboard, so the
menu here is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from leaddesk.ui.kit.clipboard import shared
from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.masks import covers, masked_name
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font

SENSITIVE = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText


class LineEdit(QLineEdit):
    """One line. ``height`` is its name in the token file."""

    def __init__(self, height: str = "control.field", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height_name, self._covered = height, False
        self.setInputMethodHints(SENSITIVE)
        self._measure()

    def setEchoMode(self, mode: QLineEdit.EchoMode) -> None:
        """Show or hide what is typed; Qt would forget that it is sensitive when it is shown again (A9)."""
        super().setEchoMode(mode)
        self.setInputMethodHints(self.inputMethodHints() | SENSITIVE)

    def cover(self) -> None:
        """Hide what is typed while it is not to be seen."""
        normal, dots = QLineEdit.EchoMode.Normal, QLineEdit.EchoMode.Password
        if covers(self) and self.echoMode() is normal:
            self._covered = True
            self.setEchoMode(dots)
        elif self._covered and not covers(self):
            self._covered = False
            self.setEchoMode(normal)

    def sizeHint(self) -> QSize:
        return QSize(current().px(160), current().length(self._height_name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_out(cut=False)
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.copy_out(cut=True)
        else:
            super().keyPressEvent(event)

    def copy_out(self, *, cut: bool) -> None:
        """Copy the selection through the expiring clipboard; dots are never copied."""
        if self.echoMode() is not QLineEdit.EchoMode.Normal or not self.hasSelectedText():
            return
        copied = shared().copy(self.selectedText())
        if copied and cut and not self.isReadOnly():
            self.insert("")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        readable = self.hasSelectedText() and self.echoMode() is QLineEdit.EchoMode.Normal
        menu = _edit_menu(self, can_copy=readable, can_change=not self.isReadOnly())
        menu.popup(event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # Qt would copy into the primary selection here, or paste from it

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFont(font(TextStyle.BODY))
        self.setFixedHeight(current().length(self._height_name))


@dataclass(frozen=True, repr=False)
class _Hidden:
    """What stands behind the mask, and where the cursor was."""

    words: str
    anchor: int
    position: int


class TextEdit(QPlainTextEdit):
    """Several lines; Tab leaves it, Ctrl+Enter asks to submit."""

    submitted = Signal()

    def __init__(self, rows: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._hidden: _Hidden | None = None
        self.setInputMethodHints(SENSITIVE)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self._measure()

    def sizeHint(self) -> QSize:
        return QSize(current().px(240), self.height())

    def toPlainText(self) -> str:
        """Return what was typed, also while it is masked."""
        return super().toPlainText() if self._hidden is None else self._hidden.words

    def setPlainText(self, words: str) -> None:
        """Replace the content."""
        if self._hidden is None:
            super().setPlainText(words)
        else:
            self._hidden = _Hidden(words, len(words), len(words))

    def cover(self) -> None:
        """Mask what is typed while it is not to be seen; the cursor comes back to its place."""
        wanted = covers(self) and self.toPlainText() != ""
        if wanted == (self._hidden is not None):
            return
        blocked = self.blockSignals(True)
        cursor = self.textCursor()
        if self._hidden is None:
            self._hidden = _Hidden(super().toPlainText(), cursor.anchor(), cursor.position())
            super().setPlainText(masked_name())
        else:
            hidden, self._hidden = self._hidden, None
            super().setPlainText(hidden.words)
            cursor = self.textCursor()
            cursor.setPosition(hidden.anchor)
            cursor.setPosition(hidden.position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
        self.blockSignals(blocked)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Give Qt nothing to put into the primary selection or a drag."""
        return QMimeData()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin no drag: Qt would take what was dragged out of the text, whoever took it."""
        cursor = self.textCursor()
        extends = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() == Qt.MouseButton.LeftButton and cursor.hasSelection() and not extends:
            cursor.clearSelection()
            self.setTextCursor(cursor)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_out(cut=False)
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.copy_out(cut=True)
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def copy_out(self, *, cut: bool) -> None:
        """Copy the selection through the expiring clipboard."""
        cursor = self.textCursor()
        if not cursor.hasSelection() or self._hidden is not None:
            return
        copied = shared().copy(cursor.selectedText().replace("\u2029", "\n"))
        if copied and cut and not self.isReadOnly():
            cursor.removeSelectedText()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        selected = self.textCursor().hasSelection()
        _edit_menu(self, can_copy=selected, can_change=not self.isReadOnly()).popup(event.globalPos())

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.insertPlainText(source.text())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFont(font(TextStyle.BODY))
        line = self.fontMetrics().lineSpacing()
        self.setFixedHeight(self._rows * line + current().px(18))


def _edit_menu(edit: LineEdit | TextEdit, *, can_copy: bool, can_change: bool) -> Menu:
    menu = Menu(edit)
    menu.add(text("kit.cut"), None, "", lambda: edit.copy_out(cut=True)).setEnabled(can_copy and can_change)
    menu.add(text("kit.copy_selection"), None, "", lambda: edit.copy_out(cut=False)).setEnabled(can_copy)
    menu.add(text("kit.paste"), None, "", edit.paste).setEnabled(can_change)
    menu.add(text("kit.select_all"), None, "", edit.selectAll)
    return menu
