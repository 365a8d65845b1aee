"""Notes: a bar on a soft fill that says what to be careful about, with one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Size, secondary
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.pieces.marks import Tone, tone_fill, tone_text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.ui.theme.type_scale import TextStyle

__all__ = ["Notice", "Tone"]


class Notice(QWidget):
    """An icon, a title, a sentence, and at most one button (``acted``)."""

    acted = Signal()

    def __init__(
        self,
        tone: Tone,
        icon: Icon,
        title: str,
        sentence: str = "",
        action: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._title = PlainLabel("", TextStyle.BODY, bold=True, wrap=True)
        self._sentence = PlainLabel("", TextStyle.BODY, "text2", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        self._icon = IconLabel(icon, self._icon_role(), 16)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        self.button: Button | None = secondary(action, size=Size.SMALL) if action else None
        if self.button is not None:
            self.button.clicked.connect(self.acted)
            row.addWidget(self.button)
        self.say(title, sentence)

    def say(self, title: str, sentence: str = "") -> None:
        """Change the words."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(f"{title} {sentence}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = current()
        fill = "sunken" if self._tone is Tone.NEUTRAL else tone_fill(self._tone)
        drawn = theme.scheme is Scheme.HIGH_CONTRAST or self._tone is Tone.NEUTRAL
        line = None
        if drawn:
            line = "border" if self._tone is Tone.NEUTRAL else tone_text(self._tone)
        draw_box(painter, QRectF(self.rect()), theme.length("radius.card"), fill=fill, line=line)
        painter.end()

    def _icon_role(self) -> str:
        return "text2" if self._tone is Tone.NEUTRAL else tone_text(self._tone)
