"""The colours of the first frame, before :class:`~leaddesk.ui.theme.style.Style` dresses the application."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from leaddesk.ui.theme.tokens import Scheme, Theme, put_in_force

_DARK = 128


def first_look(app: QApplication, chosen: Scheme | None) -> None:
    """Put a scheme in force: the chosen one, or the one the system's palette looks like.

    Reads the palette instead of the style hints: their enumerations would cost 18 ms (P1). A system's
    contrast theme is taken up with the second frame.
    """
    dark = app.palette().window().color().lightness() < _DARK
    put_in_force(Theme(chosen or (Scheme.DARK if dark else Scheme.LIGHT)))
