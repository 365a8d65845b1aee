"""Dialogs as child widgets above a scrim: no window of their own, no nested loop, the focus kept inside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QRadioButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Button, Kind
from leaddesk.ui.kit.floating.card import DialogCard
from leaddesk.ui.kit.painting.shadows import draw_shadow
from leaddesk.ui.kit.speech.roles import DIALOG, speak_as
from leaddesk.ui.theme.tokens import current, token

_SHORTCUTS_LEFT = tuple(
    QKeySequence(keys) for keys in ("Ctrl+L", "Ctrl+Q", "F11", "Ctrl+P", "Ctrl+S", "Ctrl+Shift+S")
)
_MARGIN = 24


class OverlayDialog(QWidget):
    """A dialog over one window. Subclass it or fill :attr:`body`, then :meth:`open` it.

    Invariants: at most one per window, a second one dismisses the first unless it is :attr:`stacked`; Tab
    stays inside; Esc dismisses, Enter presses the primary button unless a focused button takes it; the
    window's shortcuts rest except lock and quit; the focus returns to where it was. It deletes itself once
    dismissed.
    """

    stacked = False
    """Whether it opens above another dialog instead of dismissing it: a question in the midst of one."""

    accepted = Signal()
    dismissed = Signal()

    def __init__(
        self, window: QWidget, title: str, *, width: str | int = "plain", flush: bool = False
    ) -> None:
        super().__init__(window)
        self._window = window
        self._wanted_width = token(f"layout.dialog.{width}") if isinstance(width, str) else width
        self._primary: Button | None = None
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        speak_as(self, DIALOG)
        masks.name(self, title)
        self._card = DialogCard(title, flush=flush, parent=self)
        self._card.close_pressed.connect(self.dismiss)
        self._card.installEventFilter(self)
        window.installEventFilter(self)
        self.hide()

    @property
    def body(self) -> QVBoxLayout:
        """The layout between head and footer; ``flush`` dialogs have no padding there."""
        return self._card.body

    @property
    def primary(self) -> Button | None:
        """The button that Enter presses."""
        return self._primary

    def set_title(self, title: str, sub: str = "") -> None:
        """Change the head: title, and quiet words beside it."""
        self._card.set_title(title, sub)
        masks.name(self, title)

    def set_footer(self, left: QWidget | None, buttons: Sequence[Button]) -> None:
        """Fill the footer; the primary or danger button among ``buttons`` is the one Enter presses."""
        self._card.set_footer(left, buttons)
        for button in buttons:
            if button.kind() in (Kind.PRIMARY, Kind.DANGER):
                self._primary = button
                button.clicked.connect(self.accepted)

    def open(self) -> None:
        """Show the dialog and put the focus on its first field."""
        for other in self._window.findChildren(OverlayDialog):
            if other is not self and other.isVisible() and not self.stacked:
                other.dismiss()
        self._before = QApplication.focusWidget()
        self._cover()
        self.show()
        self.raise_()
        self._place()
        inside = self._reachable()
        fields = [widget for widget in inside if not isinstance(widget, Button)]
        (fields or ([self._primary] if self._primary else inside) or [self])[0].setFocus(
            Qt.FocusReason.PopupFocusReason
        )

    def dismiss(self) -> None:
        """Close without a decision. Safe to call twice."""
        if self.isHidden():
            return
        self.hide()
        self._window.removeEventFilter(self)
        if self._before is not None and isValid(self._before):
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.dismissed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._cover()
        elif watched is self._card and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            typed = QKeySequence(event.keyCombination())
            if not any(typed == left for left in _SHORTCUTS_LEFT):
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = self._reachable()
        if not inside:
            return True
        now = QApplication.focusWidget()
        at = inside.index(now) if now in inside else (-1 if forward else 0)
        step = 1 if forward else -1
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        following = inside[(at + step) % len(inside)]
        following.setFocus(reason)
        self._card.bring_into_view(following)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press_primary()
        else:
            self._card.scroll_by_key(event.key())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("scrim"))
        draw_shadow(painter, QRectF(self._card.geometry()), current().length("radius.dialog"), "dialog")
        painter.end()

    def _press_primary(self) -> None:
        if self._primary is not None and self._primary.isEnabled() and not self._primary.is_busy():
            self._primary.click()

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())

    def _place(self) -> None:
        """Centre the card; it is as tall as its content and scrolls where the window is too small."""
        margin = current().px(_MARGIN)
        width = min(current().px(self._wanted_width), self.width() - 2 * margin)
        height = min(self._card.height_for(width), self.height() - 2 * margin)
        left, top = (self.width() - width) // 2, (self.height() - height) // 2
        if self._card.geometry().getRect() != (left, top, width, height):
            self._card.setGeometry(left, top, width, height)
            self.update()

    def _reachable(self) -> list[QWidget]:
        """Return what Tab visits inside, in order: the × last, of buttons that exclude each other one."""
        found: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
            if tabbed and self.isAncestorOf(widget) and widget.isEnabled() and widget.isVisibleTo(self):
                found.append(widget)
            widget = widget.nextInFocusChain()
        reached = [widget for widget in found if not _stands_back(widget, found)]
        return sorted(reached, key=lambda widget: widget is self._card.close_button)


def _stands_back(widget: QWidget, among: list[QWidget]) -> bool:
    """Whether a radio button leaves Tab to the checked one beside it; arrows go from there."""
    return (
        isinstance(widget, QRadioButton)
        and not widget.isChecked()
        and any(
            isinstance(other, QRadioButton)
            and other.isChecked()
            and other.parentWidget() is widget.parentWidget()
            for other in among
        )
    )
