"""Who leaves the window leaves nothing to read: the curtain falls after the policy's delay (guarantee C4)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.watched import Watched
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.floating.toasts import ToastHost

Spared = Callable[[], QWidget | None]


class Leaving(QObject):
    """Draws the curtain while the person is elsewhere, and opens it when they are back.

    ``spared`` answers what stays readable: the lead of a running call; ``focused`` where the keyboard is.
    Time is Qt's monotonic one. Invariant: after :meth:`close` the curtain is open.
    """

    def __init__(
        self,
        policy: Watched[TenantPolicy],
        toasts: ToastHost,
        spared: Spared,
        focused: Callable[[], QWindow | None] = QGuiApplication.focusWindow,
    ) -> None:
        super().__init__()
        self._focused = focused
        self._policy, self._toasts, self._spared = policy, toasts, spared
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._mask)
        self._subscription = policy.changed.subscribe(lambda _: self._follow())
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        self._app = app
        app.focusWindowChanged.connect(self._focus_went)
        self._follow()

    def close(self) -> None:
        """Stop watching; another page has nothing to mask."""
        self._app.focusWindowChanged.disconnect(self._focus_went)
        self._subscription.close()
        self._timer.stop()
        masks.draw(False)

    def _focus_went(self, _window: QWindow | None) -> None:
        self._follow()

    def _follow(self) -> None:
        """Begin to wait when nobody is at any window of ours; a time under way goes on."""
        away = self._focused() is None
        if not away or not self._policy.value.masking:
            self._timer.stop()
            self._show()
        elif not masks.is_drawn() and not self._timer.isActive():
            self._timer.start(self._policy.value.mask_after_seconds * 1000)

    def _mask(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        masks.draw(True, self._spared())
        self._toasts.set_held(True)

    def _show(self) -> None:
        if masks.is_drawn():
            masks.draw(False)
            self._toasts.set_held(False)
