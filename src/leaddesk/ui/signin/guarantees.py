"""What this workstation guarantees and what it cannot: sentences from run-time probes, never hidden."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import primary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.panes import SectionTitle, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, line_height


@dataclass(frozen=True)
class Guarantees:
    """Sentences in the person's language, as ``leaddesk doctor`` says them."""

    kept: tuple[str, ...]
    not_promised: tuple[str, ...]


class GuaranteesDialog(OverlayDialog):
    """Both lists, the second as prominent as the first."""

    def __init__(self, window: QWidget, facts: Guarantees) -> None:
        super().__init__(window, text("signin.promises_title"), width="conflict")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, current().px(8), 0)
        column.setSpacing(current().px(10))
        for title, sentences, drawing, role in (
            ("signin.promises_kept", facts.kept, Icon.CHECK, "successText"),
            ("signin.promises_not", facts.not_promised, Icon.ALERT, "warningText"),
        ):
            if sentences:
                column.addWidget(SectionTitle(text(title)))
                column.addLayout(_list(sentences, drawing, role))
                column.addSpacing(current().px(10))
        column.addStretch(1)
        area = scroll(content)
        needed = (
            column.heightForWidth(current().px(720))
            if column.hasHeightForWidth()
            else column.sizeHint().height()
        )
        area.setFixedHeight(min(current().px(440), needed))
        self.body.addWidget(area)
        self.set_footer(None, [primary(text("signin.promises_close"), hint=RETURN)])
        self.accepted.connect(self.dismiss)


def _list(sentences: tuple[str, ...], drawing: Icon, role: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(current().px(10))
    grid.setVerticalSpacing(current().px(6))
    grid.setColumnStretch(1, 1)
    for row, sentence in enumerate(sentences):
        mark = IconLabel(drawing, role, 16)
        mark.setFixedHeight(line_height(TextStyle.BODY))
        grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(PlainLabel(sentence, wrap=True), row, 1)
    return grid
