"""The right half: the question, the reason, and field by field what would leave the house."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from leaddesk.contract.markets import Visibility
from leaddesk.ui.approvals.approvals_state import ApprovalsState, FieldLine, Question
from leaddesk.ui.kit.buttons import Size, icon_button
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.phrases import DASH, ago, span
from leaddesk.ui.kit.pieces.marks import Avatar, Hairline, Skeleton, Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.pieces.panes import Card, ColumnHead, Pane, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

COLUMNS = (150, 0, 200, 200)
"""Widths where there is room, 0 for what takes the rest; in a small window all give way alike."""
SHOWN: dict[str, tuple[Icon, str]] = {
    "visible": (Icon.VISIBLE, "text"),
    "masked": (Icon.MASKED, "text2"),
    "hidden": (Icon.HIDDEN, "text3"),
}


class QuestionView(Pane):
    """Renders the chosen request; ``walked`` asks for the next or previous one."""

    walked = Signal(int)
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self._shown: object = None
        self._asked: str | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._body = QWidget()
        self._column.addWidget(self._body)

    def render_state(self, state: ApprovalsState) -> None:
        """Show the question of a state; skeleton rows while it loads. Nothing is rebuilt for the same one."""
        waited = ago(state.question.line.at, state.now) if state.question else ""
        order = tuple(line.share_request_id for line in state.queue)
        shown = (state.question, state.problem, order, waited)
        if shown == self._shown:
            return
        self._shown = shown
        at = self._scrolled()
        body = self._question(state.question, state) if state.question else self._absent(state)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.setParent(None)
        self._body.deleteLater()
        self._body = body
        if state.question is not None and state.question.line.share_request_id == self._asked:
            _scroll_to(body, at)
        self._asked = state.question.line.share_request_id if state.question else None

    def _scrolled(self) -> int:
        area = self._body.findChild(QScrollArea)
        return area.verticalScrollBar().value() if area is not None else 0

    def _absent(self, state: ApprovalsState) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(current().px(24), current().px(24), current().px(24), 0)
        if state.problem is None:
            column.addWidget(Skeleton(5))
        else:
            words, action = text("approvals.unreadable"), text("approvals.retry")
            notice = Notice(Tone.WARNING, Icon.ALERT, words, state.problem, action=action)
            notice.acted.connect(self.retry_requested)
            column.addWidget(notice)
        column.addStretch(1)
        return body

    def _question(self, question: Question, state: ApprovalsState) -> QWidget:
        body, rows = QWidget(), _Rows(question)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head(question, state))
        column.addWidget(Hairline())
        names = _Header(question)
        column.addWidget(names)
        column.addWidget(Hairline())
        area = scroll(rows)
        area.setAccessibleName(text("approvals.col_field"))
        names.stand_above(area)
        column.addWidget(area, 1)
        return body

    def _head(self, question: Question, state: ApprovalsState) -> QVBoxLayout:
        theme = current()
        head = QVBoxLayout()
        head.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(16))
        head.setSpacing(theme.px(12))
        head.addLayout(self._title(question, state))
        if question.lead_changed:
            head.addWidget(Notice(Tone.WARNING, Icon.INFO, text("approvals.changed")))
        if state.problem is not None:
            head.addWidget(Notice(Tone.WARNING, Icon.ALERT, state.problem))
        head.addWidget(_Reason(question, state))
        return head

    def _title(self, question: Question, state: ApprovalsState) -> QHBoxLayout:
        words = text("approvals.question", name=question.line.name, market=question.line.market)
        facts = text(
            "approvals.facts",
            n=len(question.leaving),
            partners=question.partners,
            window=span(question.window),
        )
        lines = QVBoxLayout()
        lines.setSpacing(current().px(4))
        lines.addWidget(PlainLabel(words, TextStyle.TITLE, wrap=True, personal=True))
        lines.addWidget(PlainLabel(facts, TextStyle.BODY, "text2", wrap=True))
        row = QHBoxLayout()
        row.addLayout(lines, 1)
        ids = [line.share_request_id for line in state.queue]
        if question.line.share_request_id in ids:
            position = ids.index(question.line.share_request_id) + 1
            up = icon_button(Icon.CHEVRON_UP, text("approvals.previous"), size=Size.SMALL)
            down = icon_button(Icon.CHEVRON_DOWN, text("approvals.next"), size=Size.SMALL)
            up.clicked.connect(lambda: self.walked.emit(-1))
            down.clicked.connect(lambda: self.walked.emit(1))
            place = text("approvals.place", position=position, total=len(ids))
            for widget in (up, PlainLabel(place, TextStyle.CAPTION, "text2"), down):
                row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        return row


def _scroll_to(body: QWidget, at: int) -> None:
    """Stay where the person was reading when the values of the same question changed."""
    area = body.findChild(QScrollArea)
    layout = body.layout()
    if area is not None and layout is not None and at:
        layout.activate()
        area.verticalScrollBar().setValue(at)


class _Reason(Card):
    def __init__(self, question: Question, state: ApprovalsState) -> None:
        super().__init__()
        theme = current()
        requester = PlainLabel(question.line.requester, TextStyle.BODY, bold=True)
        first = QHBoxLayout()
        first.setSpacing(theme.px(6))
        first.addWidget(requester)
        first.addWidget(PlainLabel(ago(question.line.at, state.now), TextStyle.CAPTION, "text2"))
        first.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(2))
        lines.addLayout(first)
        said = (
            text("approvals.quoted", words=question.reason)
            if question.reason
            else text("approvals.no_reason")
        )
        role = "text" if question.reason else "text3"
        lines.addWidget(PlainLabel(said, TextStyle.BODY, role, wrap=True, personal=bool(question.reason)))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(10))
        row.setSpacing(theme.px(10))
        avatar = Avatar(question.line.requester, question.line.requester_id, 24)
        row.addWidget(avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)


class _Header(ColumnHead):
    def __init__(self, question: Question) -> None:
        super().__init__()
        titles = (
            text("approvals.col_field"),
            text("approvals.col_value"),
            text("approvals.col_before", n=question.partners),
            text("approvals.col_after"),
        )
        _columns(self, [PlainLabel(title, TextStyle.CAPTION, "text2", wrap=True) for title in titles])


class _Rows(QWidget):
    def __init__(self, question: Question) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for line in question.leaving:
            column.addWidget(_Row(line))
            column.addWidget(Hairline(role="borderSubtle"))
        column.addWidget(_GroupHead())
        column.addWidget(Hairline(role="borderSubtle"))
        staying = list(question.staying)
        notes = text("approvals.notes", n=question.notes)
        staying.append(FieldLine(text("approvals.journal"), notes, "hidden", "hidden"))
        for line in staying:
            column.addWidget(_Row(line, never=True))
            column.addWidget(Hairline(role="borderSubtle"))
        column.addStretch(1)


class _GroupHead(Pane):
    def __init__(self) -> None:
        super().__init__("sunken")
        self.setFixedHeight(current().px(36))
        row = QHBoxLayout(self)
        row.setContentsMargins(current().px(24), 0, current().px(24), 0)
        row.setSpacing(current().px(6))
        row.addWidget(IconLabel(Icon.IN_HOUSE, "text2", 14))
        row.addWidget(PlainLabel(text("approvals.stays"), TextStyle.CAPTION, "text", bold=True), 1)


class _Row(QWidget):
    def __init__(self, line: FieldLine, *, never: bool = False) -> None:
        super().__init__()
        self.setMinimumHeight(current().px(32 if never else 36))
        label = PlainLabel(line.label, TextStyle.CAPTION, "text2", elide=True)
        value = PlainLabel(line.value or DASH, TextStyle.BODY, wrap=True, personal=True)
        value.setContentsMargins(0, current().px(6), 0, current().px(6))
        _columns(self, [label, value, _seen(line.before, line.masked, never), _seen_after(line, never)])


def _seen(state: Visibility, masked: str, never: bool) -> QWidget:
    icon, role = SHOWN[state]
    said = text("approvals.never") if never else masked or text(f"approvals.{state}")
    return _cell(icon, role, said, personal=bool(masked))


def _cell(icon: Icon, role: str, words: str, *, personal: bool = False) -> QWidget:
    cell = QWidget()
    row = QHBoxLayout(cell)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().px(6))
    row.addWidget(IconLabel(icon, role, 14))
    row.addWidget(PlainLabel(words, TextStyle.BODY, role, elide=True, personal=personal), 1)
    return cell


def _seen_after(line: FieldLine, never: bool) -> QWidget:
    opened = line.after != "hidden" and not never
    return (
        _cell(Icon.UNLOCK, "accentText", text("approvals.visible")) if opened else _seen("hidden", "", never)
    )


def _columns(owner: QWidget, cells: list[QWidget]) -> None:
    theme = current()
    row = QHBoxLayout(owner)
    row.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
    row.setSpacing(theme.px(16))
    for width, cell in zip(COLUMNS, cells, strict=True):
        policy = cell.sizePolicy()  # a wrapped text keeps its height for its width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        cell.setSizePolicy(policy)
        if width:
            cell.setMaximumWidth(theme.px(width))
        row.addWidget(cell, width or 220)
