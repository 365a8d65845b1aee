"""Asks before a lead is erased: what will be gone, where, and that nobody can bring it back (measure A9)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.buttons import danger, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.type_scale import TextStyle


class DeleteDialog(OverlayDialog):
    """Emits ``delete_confirmed`` once; the harmless button has the focus.

    ``recipients`` is how many partners received data of the lead; None while that is not known.
    """

    delete_confirmed = Signal()

    def __init__(self, window: QWidget, name: str, recipients: int | None) -> None:
        super().__init__(window, text("lead_detail.delete_title", name=name))
        self.body.addWidget(PlainLabel(text("lead_detail.delete_here"), TextStyle.BODY, wrap=True))
        if recipients is None or recipients > 0:
            self.body.addWidget(PlainLabel(_at_partners(recipients), TextStyle.BODY, wrap=True))
        self.body.addWidget(
            PlainLabel(text("lead_detail.delete_final"), TextStyle.BODY, bold=True, wrap=True)
        )
        cancel = secondary(text("lead_detail.keep"), hint="Esc")
        confirm = danger(text("lead_detail.delete_confirm"), icon=Icon.DELETE)
        cancel.clicked.connect(self.dismiss)
        confirm.clicked.connect(self._confirm)
        self.set_footer(None, [cancel, confirm])
        self._first_focus = cancel

    def open(self) -> None:
        """Show with the keyboard on the harmless answer."""
        super().open()
        self._first_focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def _confirm(self) -> None:
        self.delete_confirmed.emit()
        self.dismiss()


def _at_partners(recipients: int | None) -> str:
    if recipients is None:
        return text("lead_detail.delete_partners_any")
    return text("lead_detail.delete_partners", n=recipients)
