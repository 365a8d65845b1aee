"""Puts a theme in force on the application and follows the system."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from leaddesk.ui.theme.palette import contrast_theme, palette
from leaddesk.ui.theme.stylesheet import stylesheet
from leaddesk.ui.theme.tokens import Scheme, Theme, put_in_force
from leaddesk.ui.theme.type_scale import TextStyle, font

_QT_SCHEME = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}


def system_scheme(app: QApplication) -> Scheme:
    """Return what the system asks for; a system that says nothing gets the light one."""
    hints = app.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return Scheme.HIGH_CONTRAST
    return Scheme.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else Scheme.LIGHT


class Style(QObject):
    """The look of one application: Fusion, the palette, the style sheet and the base font.

    Invariant: after :meth:`apply` all four belong to the same theme, at every moment a slot of ours can run.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._system_palette = app.palette()
        self._chosen: Scheme | None = None
        self._scale = 1.0
        self._changing = False
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)

    def apply(self, scheme: Scheme | None = None, scale: float | None = None) -> None:
        """Put a scheme in force; None follows the system, now and later. ``scale``: another text scale."""
        self._chosen, self._scale = scheme, self._scale if scale is None else scale
        self._changing = True
        hints = self._app.styleHints()
        if scheme in _QT_SCHEME:
            hints.setColorScheme(_QT_SCHEME[scheme])  # title bar and native dialogs follow
        else:
            hints.unsetColorScheme()
        self._changing = False
        self._put(self._wanted())

    @property
    def chosen(self) -> Scheme | None:
        """What a person chose; None while the system decides."""
        return self._chosen

    @property
    def scale(self) -> float:
        """How large texts are: 1.0 is what the system asks for."""
        return self._scale

    def _wanted(self) -> Theme:
        scheme = self._chosen or system_scheme(self._app)
        if self._chosen is None and scheme is Scheme.HIGH_CONTRAST:
            return contrast_theme(self._system_palette, self._scale)
        return Theme(scheme, self._scale)

    def _put(self, theme: Theme) -> None:
        put_in_force(theme)
        if self._app.style().name() != "fusion":
            self._app.setStyle("Fusion")
        self._app.setPalette(palette(theme))
        self._app.setFont(font(TextStyle.BODY))
        self._app.setStyleSheet(stylesheet(theme))
        self.changed.emit()

    def _system_changed(self) -> None:
        if self._chosen is None and not self._changing:
            self._put(self._wanted())
