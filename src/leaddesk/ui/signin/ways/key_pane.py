"""An API key, for servers that know nobody by name: one field, and whether the keyring may keep it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.buttons import Size, primary
from leaddesk.ui.kit.fields import PasswordField
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class KeyPane(QWidget):
    """Asks for a key. Invariant: it leaves only inside a Secret, and :meth:`forget` empties the field.

    It is for this session only unless the person ticks the box, which is absent where the keyring fails.
    """

    given = Signal(object, bool)  # Secret; whether the keyring may keep it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = PasswordField(text("signin.key"), large=True)
        self._keep = CheckBox(text("signin.key_keep"))
        self._button = primary(text("signin.sign_in"), hint=RETURN, size=Size.LARGE)
        self._why = PlainLabel(text("signin.key_why"), TextStyle.CAPTION, "text2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(16))
        for widget in (self._key, self._keep, self._button, self._why):
            column.addWidget(widget)
        self._key.submitted.connect(self._submit)
        self._button.clicked.connect(self._submit)
        for key in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            shortcut = QShortcut(QKeySequence(key), self._keep)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._submit)

    def show_way(self, *, shown: bool, busy: bool, keyring: bool, error: str | None) -> None:
        """Come or go; what was typed goes with it, and is selected when it was wrong."""
        comes, was_busy = shown and self.isHidden(), self._button.is_busy()
        self.setVisible(shown)
        for widget in (self._key, self._keep):
            widget.setEnabled(not busy)
        self._keep.setVisible(keyring)
        self._button.set_busy(busy)
        self._button.setText(text("signin.signing_in" if busy else "signin.sign_in"))
        self._key.set_error(error if shown else None)
        if not shown:
            self.forget()
        elif comes or (was_busy and not busy):
            self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor into the field, over what was typed."""
        self._key.edit.selectAll()
        self._key.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empty the field."""
        self._key.clear()

    def _submit(self) -> None:
        if not self._key.value().strip():
            self._key.set_error(text("signin.key_missing"))
            self.focus_first()
            return
        self.given.emit(Secret(self._key.value()), self._keep.isChecked() and not self._keep.isHidden())
