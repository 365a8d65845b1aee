"""The warning before the lock: small, at the lower edge, covering nothing one works on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.speech.roles import announce
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.outbox.unsent_dialog import sentences
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle
from leaddesk.workstation.waits import Wait


class Countdown(QWidget):
    """Seconds until the lock, and why; the window takes no notice of it: no focus, no presses.

    Screen readers are told once, not every second. ``loses``: how much it has said the lock costs.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._seconds = PlainLabel("", TextStyle.BODY, bold=True)
        self._why = PlainLabel("", TextStyle.CAPTION, "text2")
        self._loss = PlainLabel("", TextStyle.CAPTION, "warningText")
        self.loses = 0
        self._row()
        window.installEventFilter(self)
        self.hide()

    def show_left(self, seconds: int, wait: Wait) -> None:
        """Show how many seconds are left."""
        self.loses = wait.loses
        self._seconds.setText(text("lock.countdown", n=seconds))
        self._loss.setText(_loss(wait) if wait.loses else "")
        self._loss.setVisible(bool(wait.loses))
        self._why.setText(text(f"lock.countdown_{wait.by}", n=wait.minutes))
        words = (self._seconds.text(), self._why.text(), self._loss.text())
        self.setAccessibleName(" ".join(filter(None, words)))
        first = self.isHidden()
        self._place()
        self.show()
        self.raise_()
        if first:
            announce(self, self.accessibleName())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), current().length("radius.popup"), fill="raised", line="border")
        painter.end()

    def _row(self) -> None:
        px = current().px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(10), px(16), px(10))
        row.setSpacing(px(12))
        row.addWidget(IconLabel(Icon.LOCK, "text2", 16))
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self._seconds)
        words.addWidget(self._why)
        words.addWidget(self._loss)
        row.addLayout(words, 1)

    def _place(self) -> None:
        """Stand in the middle above the status bar."""
        theme = current()
        self.ensurePolished()
        size = self.sizeHint()
        width = min(size.width(), self._window.width() - theme.px(32))
        bottom = self._window.height() - theme.length("layout.statusBar") - theme.length("layout.toast.inset")
        self.setGeometry((self._window.width() - width) // 2, bottom - size.height(), width, size.height())


def _loss(wait: Wait) -> str:
    unsent = Unsent(wait.loses - wait.begun, wait.begun)
    return " ".join((*sentences(unsent), text("lock.countdown_loses")))
