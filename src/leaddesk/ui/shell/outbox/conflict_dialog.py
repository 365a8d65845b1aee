"""Two people changed the same step: which one counts (picture 10d, reduced to step and notes)."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from leaddesk.ui.kit.buttons import primary, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.painting.steps import draw_step
from leaddesk.ui.kit.painting.writing import draw_text
from leaddesk.ui.kit.pieces.marks import Avatar, Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.outbox.queue_state import ConflictState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class Version(StrEnum):
    """Whose step counts; the values are those of the desk's ``Side``."""

    MINE = "mine"
    THEIRS = "theirs"


class VersionCard(QAbstractButton):
    """One version of the step as a radio card: ring, glyph and name."""

    def __init__(self, step: str, position: tuple[int, int] | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position = position
        self.setText(step)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give the card's height."""
        return QSize(current().px(160), current().px(36))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the dialog: it takes over what is chosen."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, its ring, and the step."""
        theme, chosen = current(), self.isChecked()
        painter = QPainter(self)
        fill = "accentSoft" if chosen else "controlHover" if self.underMouse() else "control"
        line = "accentMark" if chosen else "controlBorder"
        box, radius = QRectF(self.rect()), theme.length("radius.control")
        draw_box(painter, box, radius, fill=fill, line=line, width=2 if chosen else 1)
        side = theme.px(16)
        ring = QRectF(theme.px(12), (self.height() - side) / 2, side, side)
        draw_box(
            painter,
            ring,
            side / 2,
            fill="surface",
            line="accentMark" if chosen else "borderControl",
            width=1.5,
        )
        if chosen:
            inner = ring.adjusted(side / 4, side / 4, -side / 4, -side / 4)
            draw_box(painter, inner, inner.width() / 2, fill="accentMark")
        left = ring.right() + theme.px(8)
        if self._position is not None:
            glyph = theme.px(14)
            draw_step(painter, QPointF(left + glyph / 2, self.height() / 2), *self._position)
            left += glyph + theme.px(6)
        draw_text(painter, QRectF(left, 0, self.width() - left - theme.px(10), self.height()), self.text())


class ConflictDialog(OverlayDialog):
    """Asks for one choice; own notes are added in any case and said to fit."""

    resolved = Signal(str, str)  # entry id, Version

    def __init__(self, window: QWidget, state: ConflictState) -> None:
        super().__init__(window, text("outbox.conflict_title", name=state.subject), width="conflict")
        self._state = state
        self._cards = {
            Version.MINE: VersionCard(state.mine, state.positions[0] if state.positions else None),
            Version.THEIRS: VersionCard(state.theirs, state.positions[1] if state.positions else None),
        }
        self._group = QButtonGroup(self)
        for card in self._cards.values():
            self._group.addButton(card)
        self._cards[Version.MINE].setChecked(True)
        self.body.setSpacing(current().px(16))
        self.body.addWidget(PlainLabel(_what_happened(state), role="text2", wrap=True))
        self.body.addLayout(self._versions(state))
        self.body.addWidget(Notice(Tone.SUCCESS, Icon.MERGE, text("outbox.conflict_fits"), _what_fits(state)))
        later = secondary(text("outbox.conflict_later"), hint=text("shell.key_esc"))
        take = primary(text("outbox.conflict_take"), icon=Icon.MERGE, hint=RETURN)
        later.clicked.connect(self.dismiss)
        self.set_footer(None, [later, take])
        self.accepted.connect(self._resolve)

    def _versions(self, state: ConflictState) -> QGridLayout:
        px = current().px
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(12))
        grid.setColumnMinimumWidth(0, px(110))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        theirs = state.their_name or text("outbox.conflict_theirs")
        grid.addLayout(_head(state.my_name, text("outbox.conflict_mine"), state.mine_at), 0, 1)
        grid.addLayout(_head(state.their_name or "", theirs, state.theirs_at or ""), 0, 2)
        grid.addWidget(PlainLabel(text("outbox.conflict_step"), TextStyle.CAPTION, "text2"), 1, 0)
        for column, version in enumerate(Version, start=1):
            card = self._cards[version]
            who = text("outbox.conflict_mine") if version is Version.MINE else theirs
            card.setAccessibleName(f"{who}: {card.text()}")
            grid.addWidget(card, 1, column)
        return grid

    def _resolve(self) -> None:
        mine = self._cards[Version.MINE].isChecked()
        self.resolved.emit(self._state.entry_id, (Version.MINE if mine else Version.THEIRS).value)
        self.dismiss()


def _head(name: str, words: str, time: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().px(8))
    row.addWidget(Avatar(name, name))
    row.addWidget(PlainLabel(words, bold=True, elide=True))
    row.addWidget(PlainLabel(time, TextStyle.CAPTION, "text3"))
    row.addStretch(1)
    return row


def _what_happened(state: ConflictState) -> str:
    if state.their_name is None:
        return text("outbox.conflict_by_nobody")
    return text("outbox.conflict_by", name=state.their_name)


def _what_fits(state: ConflictState) -> str:
    if state.notes:
        return text("outbox.conflict_fits_notes", n=state.notes)
    return text("outbox.conflict_fits_rest")
