"""What became of the last offers."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from leaddesk.contract.offers import OfferStatus
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import IconLabel, PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
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
        self._rows = KeptRows()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Hairline())
        column.addLayout(self._rows)
        column.setSpacing(0)

    def render_state(self, state: OffersState) -> None:
        """Show what is over; a row that did not change stays the same widget."""
        today = state.now.astimezone().date()
        self._rows.show_rows([(line, today) for line in state.past], lambda row: self._row(row[0], state.now))

    def _row(self, line: PastOffer, now: datetime) -> QWidget:
        theme = current()
        row, inner = QWidget(), QWidget()
        inner.setFixedHeight(theme.px(48))
        layout = QHBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(20))
        icon, role = ICONS.get(line.status, (Icon.INFO, "text2"))
        layout.addWidget(IconLabel(icon, role, 16))
        layout.addWidget(_flexible(PlainLabel(line.title, TextStyle.BODY, elide=True, personal=True)), 2)
        layout.addWidget(
            _flexible(PlainLabel(_became(line), TextStyle.BODY, "text2", elide=True, personal=True)), 3
        )
        layout.addWidget(self._way(line))
        layout.addWidget(_moment(line, now))
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(inner)
        column.addWidget(Hairline(role="borderSubtle"))
        return row

    def _way(self, line: PastOffer) -> QWidget:
        """Return the button to the lead, or the room it takes in the other rows."""
        opened = secondary(text("offers.open_lead"), size=Size.SMALL)
        if line.lead_id is None:
            room = QWidget()
            room.setFixedWidth(opened.sizeHint().width())
            return room
        masks.name(opened, listed(", ", (opened.shown_text(), line.title)))
        opened.clicked.connect(lambda: self.lead_opened.emit(line.lead_id))
        return opened


def _moment(line: PastOffer, now: datetime) -> PlainLabel:
    at = PlainLabel(when(line.at, now), TextStyle.CAPTION, "text2", elide=True)
    at.setFixedWidth(current().px(AT_WIDTH))
    at.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    set_tip(at, full(line.at))
    return at


def _flexible(label: PlainLabel) -> PlainLabel:
    """Let columns stand under each other whatever their words."""
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _became(line: PastOffer) -> str:
    if line.status is OfferStatus.DECLINED and line.reason:
        return text("offers.became_declined_because", reason=line.reason)
    return text(f"offers.became_{line.status.value}")
