"""What became of the last offers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from leaddesk.contract.offers import OfferStatus
from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.labels import IconLabel, PlainLabel, set_tip
from leaddesk.ui.kit.phrases import full, when
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.offers_state import OffersState, PastOffer
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

ICONS = {
    OfferStatus.ACCEPTED: (Icon.CHECK, "successText"),
    OfferStatus.DECLINED: (Icon.CLOSE, "text2"),
    OfferStatus.MISSED: (Icon.LATE, "warningText"),
    OfferStatus.ENDED: (Icon.MINUS, "text2"),
}


AT_WIDTH = 104


class PastOffers(QWidget):
    """Rows of 48, newest first."""

    lead_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def render_state(self, state: OffersState) -> None:
        """Show what is over."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for line in state.past:
            self._column.addWidget(Hairline())
            self._column.addWidget(self._row(line, state))

    def _row(self, line: PastOffer, state: OffersState) -> QWidget:
        theme = current()
        row = QWidget()
        row.setFixedHeight(theme.px(48))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(20))
        icon, role = ICONS.get(line.status, (Icon.INFO, "text2"))
        layout.addWidget(IconLabel(icon, role, 16))
        layout.addWidget(_flexible(PlainLabel(line.title, TextStyle.BODY, elide=True)), 2)
        layout.addWidget(_flexible(PlainLabel(_became(line), TextStyle.BODY, "text2", elide=True)), 3)
        at = PlainLabel(when(line.at, state.now), TextStyle.CAPTION, "text2")
        at.setFixedWidth(theme.px(AT_WIDTH))
        at.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_tip(at, full(line.at))
        if line.lead_id is not None:
            opened = secondary(text("offers.open_lead"), size=Size.SMALL)
            opened.clicked.connect(lambda: self.lead_opened.emit(line.lead_id))
            layout.addWidget(opened)
        layout.addWidget(at)
        return row


def _flexible(label: PlainLabel) -> PlainLabel:
    """Let columns stand under each other whatever their words."""
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _became(line: PastOffer) -> str:
    if line.status is OfferStatus.DECLINED and line.reason:
        return text("offers.became_declined_because", reason=line.reason)
    return text(f"offers.became_{line.status.value}")
