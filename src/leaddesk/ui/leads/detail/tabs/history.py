"""The history tab: every change by day, who made it, before → after (measure A14)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.phrases import clock_time, day, full
from leaddesk.ui.kit.pieces.marks import Skeleton
from leaddesk.ui.kit.wording import has_text, text
from leaddesk.ui.leads.detail.state import ChangeLine, HistoryLine, LeadDetailState
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
    "commission-started": Icon.PERSON,
    "commission-closed": Icon.LOCK,
}


class HistoryTab(QWidget):
    """A timeline, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(16))
        self._column.setSpacing(0)
        self._body = QWidget()
        self._column.addWidget(self._body)
        self._column.addStretch(1)

    def show_state(self, state: LeadDetailState) -> None:
        """Render; skeleton rows while the history loads."""
        body = Skeleton(4) if state.history is None else _Timeline(state.history, state.now)
        self._column.replaceWidget(self._body, body)
        self._body.deleteLater()
        self._body = body


class _Timeline(QWidget):
    def __init__(self, lines: tuple[HistoryLine, ...], now: datetime) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for name, of_day in groupby(lines, key=lambda line: day(line.at, now)):
            title = PlainLabel(name[:1].upper() + name[1:], TextStyle.CAPTION, "text2", bold=True)
            title.setContentsMargins(0, current().px(8), 0, current().px(8))
            column.addWidget(title)
            rows = list(of_day)
            for index, line in enumerate(rows):
                column.addWidget(_Entry(line, last=index == len(rows) - 1))


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
        sentence.addWidget(PlainLabel(line.who, TextStyle.BODY, bold=True))
        sentence.addWidget(PlainLabel(_deed(line.kind), TextStyle.BODY, "text2", elide=True), 1)
        sentence.addWidget(at)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(DISC + 12), theme.px(3), 0, theme.px(14))
        column.setSpacing(theme.px(4))
        column.addLayout(sentence)
        if line.subject:
            column.addWidget(PlainLabel(line.subject, TextStyle.CAPTION, "text3", wrap=True))
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
        super().__init__(words, TextStyle.CAPTION, "text3", elide=True)
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
        super().__init__(words, TextStyle.CAPTION, "text", elide=True)
        self.setContentsMargins(current().px(6), current().px(1), current().px(6), current().px(1))

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(2 * current().px(6), 2 * current().px(1))

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
