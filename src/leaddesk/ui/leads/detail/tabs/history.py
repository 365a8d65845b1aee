"""The history tab: every change by day, who made it, before → after (measure A14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.phrases import clock_time, day, full
from leaddesk.ui.kit.wording import has_text, text
from leaddesk.ui.leads.detail.state import ChangeLine, HistoryLine, LeadDetailState
from leaddesk.ui.leads.detail.tabs.pending import Pending
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

DISC = 24
ICONS = {
    "created": Icon.LEADS,
    "fields-changed": Icon.EDIT,
    "step-changed": Icon.STEP,
    "partner-step-changed": Icon.STEP,
    "note-added": Icon.NOTE,
    "attachment-added": Icon.NOTE,
    "attachment-released": Icon.CHECK,
    "attachment-quarantined": Icon.LOCK,
    "share-requested": Icon.SHARE,
    "share-approved": Icon.APPROVALS,
    "share-rejected": Icon.CLOSE,
    "share-withdrawn": Icon.UNDO,
    "share-expired": Icon.LATE,
    "offered": Icon.OFFERS,
    "offer-accepted": Icon.CHECK,
    "offer-declined": Icon.CLOSE,
    "offer-missed": Icon.LATE,
    "offer-ended": Icon.CLOSE,
    "offer-extended": Icon.OFFERS,
    "offer-still-interested": Icon.OFFERS,
    "brokerage-failed": Icon.LATE,
    "assigned": Icon.SHARE,
    "commission-started": Icon.PERSON,
    "responsible-changed": Icon.PERSON,
    "commission-closed": Icon.LOCK,
    "commission-ended": Icon.LOCK,
    "commission-rated": Icon.CHECK,
}


class HistoryTab(QWidget):
    """A timeline, newest first; a new entry leaves the widgets of the others alone."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._rows = KeptRows()
        self._pending = Pending(4)
        self._pending.retry_requested.connect(self.retry_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(16))
        column.setSpacing(0)
        column.addWidget(self._pending)
        column.addLayout(self._rows)
        column.addStretch(1)

    def show_state(self, state: LeadDetailState) -> None:
        """Render; skeleton rows while the history loads, a sentence if it cannot."""
        self._pending.show_for(state.history, state.failed)
        self._rows.show_rows(_timeline(state.history or (), state.now), _row)


@dataclass(frozen=True)
class _Stop:
    """One row of the timeline: a change, or the name of a day above the changes of that day."""

    line: HistoryLine | None = None
    last: bool = False
    day: str = ""


def _timeline(lines: tuple[HistoryLine, ...], now: datetime) -> list[_Stop]:
    stops: list[_Stop] = []
    for name, of_day in groupby(lines, key=lambda line: day(line.at, now)):
        rows = list(of_day)
        stops.append(_Stop(day=name[:1].upper() + name[1:]))
        stops += [_Stop(line, index == len(rows) - 1) for index, line in enumerate(rows)]
    return stops


def _row(stop: _Stop) -> QWidget:
    if stop.line is not None:
        return _Entry(stop.line, last=stop.last)
    title = PlainLabel(stop.day, TextStyle.CAPTION, "text2", bold=True)
    title.setContentsMargins(0, current().px(8), 0, current().px(8))
    return title


class _Entry(QWidget):
    """One change: disc with icon on a thin line, sentence, time, changes below."""

    def __init__(self, line: HistoryLine, *, last: bool) -> None:
        super().__init__()
        theme = current()
        self._icon = ICONS.get(line.kind, Icon.HISTORY)
        self._last = last
        at = PlainLabel(clock_time(line.at), TextStyle.CAPTION, "text3")
        set_tip(at, full(line.at))
        sentence = QHBoxLayout()
        sentence.setSpacing(theme.px(4))
        top = Qt.AlignmentFlag.AlignTop
        sentence.addWidget(PlainLabel(line.who, TextStyle.BODY, bold=True), 0, top)
        sentence.addWidget(PlainLabel(_deed(line.kind), TextStyle.BODY, "text2", wrap=True), 1, top)
        sentence.addWidget(at, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(DISC + 12), theme.px(3), 0, theme.px(14))
        column.setSpacing(theme.px(4))
        column.addLayout(sentence)
        if line.subject:
            column.addWidget(PlainLabel(line.subject, TextStyle.CAPTION, "text3", wrap=True, personal=True))
        for change in line.changes:
            column.addWidget(_Change(change))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        size = theme.px(DISC)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._last:
            painter.fillRect(QRectF(size / 2, size + 2, 1, self.height() - size - 2), theme.color("border"))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        disc = QRectF(0.5, 0.5, size - 1, size - 1)
        painter.drawEllipse(disc)
        draw_icon(painter, disc, self._icon, "text2", 12)
        painter.end()


class _Change(QWidget):
    """``label  before → after``; the old value is struck out, a missing one says so."""

    def __init__(self, change: ChangeLine) -> None:
        super().__init__()
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        label = PlainLabel(change.label, TextStyle.CAPTION, "text3", elide=True)
        label.setFixedWidth(theme.px(84))
        before = _Before(change.before or text("history.empty"), struck=change.before is not None)
        after = _After(change.after or text("history.empty"))
        row.addWidget(label)
        row.addWidget(before)
        row.addWidget(PlainLabel("→", TextStyle.CAPTION, "text3"))
        row.addWidget(after)
        row.addStretch(1)


class _Before(PlainLabel):
    """The old value, struck out; an empty one is only said."""

    def __init__(self, words: str, *, struck: bool) -> None:
        super().__init__(words, TextStyle.CAPTION, "text3", elide=True, personal=True)
        self._struck = struck

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._struck:
            painter = QPainter(self)
            width = min(self.width(), self.fontMetrics().horizontalAdvance(self.text()))
            painter.fillRect(QRectF(0, self.height() // 2 + 1, width, 1), current().color("text3"))
            painter.end()


class _After(PlainLabel):
    """The new value on soft green."""

    def __init__(self, words: str) -> None:
        super().__init__(words, TextStyle.CAPTION, "text", elide=True, personal=True)
        self.setContentsMargins(current().px(6), current().px(1), current().px(6), current().px(1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().color("successSoft"))
        painter.drawRoundedRect(QRectF(self.rect()), current().px(4), current().px(4))
        painter.end()
        super().paintEvent(event)


def _deed(kind: str) -> str:
    key = f"history.{kind}"
    return text(key) if has_text(key) else text("history.other", kind=kind)
