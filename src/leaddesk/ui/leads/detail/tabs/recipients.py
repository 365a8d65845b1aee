"""The recipients tab: who received which fields of this lead, when, decided by whom (measure A13)."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import IconLabel, PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.phrases import clock_time, day, full
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import LeadDetailState, RecipientLine
from leaddesk.ui.leads.detail.tabs.pending import Pending
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

STATE_ICONS = {"offered": Icon.OFFERS, "accepted": Icon.CHECK, "ended": Icon.CLOSE}


class RecipientsTab(QWidget):
    """One block a disclosure, closed by the sentence that nobody else has data of this lead."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._rows = KeptRows(theme.px(12))
        self._pending = Pending(2)
        self._pending.retry_requested.connect(self.retry_requested)
        self._end = PlainLabel("", TextStyle.BODY, "text3", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16))
        column.setSpacing(theme.px(12))
        column.addWidget(self._pending)
        column.addLayout(self._rows)
        column.addWidget(self._end)
        column.addStretch(1)

    def show_state(self, state: LeadDetailState) -> None:
        """Render; skeleton rows while the disclosures load, a sentence if they cannot."""
        lines = state.recipients or ()
        self._pending.show_for(state.recipients, state.failed)
        today = state.now.astimezone().date()
        self._rows.show_rows([(line, today) for line in lines], lambda row: _Recipient(row[0], state.now))
        self._end.setText(text("lead_detail.nobody_else" if lines else "lead_detail.nobody"))
        self._end.setVisible(state.recipients is not None)


class _Recipient(QWidget):
    def __init__(self, line: RecipientLine, now: datetime) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        name = (
            line.name if line.count == 1 else text("lead_detail.partners", n=line.count, market=line.market)
        )
        at = PlainLabel(_moment(line.at, now), TextStyle.CAPTION, "text3")
        set_tip(at, full(line.at))
        column.addWidget(PlainLabel(name, TextStyle.BODY, bold=True, elide=True))
        column.addWidget(at)
        kind = (
            "lead_detail.fields_with_contact" if line.with_contact else "lead_detail.fields_without_contact"
        )
        shown = Icon.UNLOCK if line.with_contact else Icon.HIDDEN
        column.addLayout(_fact(shown, text(kind, n=len(line.fields))))
        column.addWidget(PlainLabel(listed(", ", line.fields), TextStyle.CAPTION, "text3", wrap=True))
        column.addLayout(_fact(Icon.PERSON, text("lead_detail.approved_by", name=line.decided_by)))
        column.addLayout(
            _fact(STATE_ICONS.get(line.state, Icon.INFO), text(f"lead_detail.offer_{line.state}"))
        )
        column.addSpacing(current().px(8))
        column.addWidget(Hairline())


def _moment(at: datetime, now: datetime) -> str:
    words = text("lead_detail.moment", day=day(at, now), time=clock_time(at))
    return words[:1].upper() + words[1:]


def _fact(icon: Icon, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().px(6))
    row.addWidget(IconLabel(icon, "text2", 14), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(PlainLabel(words, TextStyle.CAPTION, "text2", wrap=True), 1)
    return row
