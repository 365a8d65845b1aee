"""The halves of the share dialog that follow the preview: chips at the left, both cards at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.layout.flow import FlowLayout
from leaddesk.ui.kit.phrases import span
from leaddesk.ui.kit.pieces.chips import PlainChip
from leaddesk.ui.kit.pieces.document import DocumentCard
from leaddesk.ui.kit.pieces.marks import Skeleton
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.kit.pieces.panes import Pane, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_state import MarketChoice, PreviewState, ShareDialogState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

HEIGHT, HEIGHT_MOST, AROUND = 500, 640, 172
"""The dialog keeps its height when the preview arrives; long documents scroll beside the fixed left half.

A high window gives them more room: what ``AROUND`` (head, footer and margins of the dialog) leaves of it.
"""


def _heading(icon: Icon, words: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().px(6))
    row.addWidget(IconLabel(icon, "text2", 16))
    row.addWidget(PlainLabel(words, TextStyle.CAPTION, "text2", bold=True), 1)
    return line


class FieldChips(QWidget):
    """Which labels go out before and, in addition, after acceptance."""

    def __init__(self) -> None:
        super().__init__()
        theme = current()
        self._shown: PreviewState | None = None
        self._before, self._after = FlowLayout(theme.px(6)), FlowLayout(theme.px(6))
        self.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(_heading(Icon.VISIBLE, text("sharing.visible_before")))
        column.addLayout(self._before)
        column.addSpacing(theme.px(6))
        column.addWidget(_heading(Icon.UNLOCK, text("sharing.added_after")))
        column.addLayout(self._after)

    def show_preview(self, preview: PreviewState | None) -> None:
        """Render; nothing while the preview loads."""
        if preview == self._shown:
            return
        self._shown = preview
        self.setVisible(preview is not None)
        for layout, labels in (
            (self._before, preview.visible_before if preview else ()),
            (self._after, preview.added_after if preview else ()),
        ):
            layout.clear()
            for label in labels:
                layout.addWidget(PlainChip(label))


class PreviewColumn(Pane):
    """Both documents as partners will see them, and what stays in the house."""

    retry_requested = Signal()

    def __init__(self, window_height: int) -> None:
        super().__init__("sunken")
        px = current().px
        self._shown: object = None
        self._body = QWidget()
        documents = QWidget()
        self._column = QVBoxLayout(documents)
        self._column.setContentsMargins(px(20), px(16), px(20), px(16))
        self._column.addWidget(self._body)
        self._column.addStretch(1)
        self._stays = _Stays()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll(documents), 1)
        column.addWidget(self._stays)
        self.setMinimumHeight(max(px(HEIGHT), min(px(HEIGHT_MOST), window_height - px(AROUND))))

    def render_state(self, state: ShareDialogState) -> None:
        """Render; skeleton rows while the preview loads, the reason and a way on where it cannot."""
        market = state.market()
        shown = (state.preview, market, None if state.preview else state.problem)
        if shown == self._shown:
            return
        self._shown = shown
        self._stays.show_preview(state.preview)
        body = self._build(state.preview, market, state.problem)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.setParent(None)
        self._body.deleteLater()
        self._body = body

    def _build(
        self, preview: PreviewState | None, market: MarketChoice | None, problem: str | None
    ) -> QWidget:
        if preview is not None and market is not None:
            return _Cards(preview, market)
        if problem is None:
            return Skeleton(6) if market is not None else QWidget()
        again = text("sharing.retry") if market is not None else ""
        notice = Notice(Tone.WARNING, Icon.ALERT, text("sharing.no_preview"), problem, action=again)
        notice.acted.connect(self.retry_requested)
        return notice


class _Cards(QWidget):
    def __init__(self, preview: PreviewState, market: MarketChoice) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(8))
        column.addWidget(_heading(Icon.HIDDEN, text("sharing.before_title", n=market.partners)))
        column.addWidget(DocumentCard(preview.before, PlainChip(span(market.window), Icon.OFFERS)))
        column.addSpacing(current().px(8))
        column.addWidget(_heading(Icon.UNLOCK, text("sharing.after_title")))
        column.addWidget(DocumentCard(preview.after))


class _Stays(QWidget):
    """What stays in the house: always in sight, however long the documents are."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self._words = PlainLabel("", TextStyle.CAPTION, "text3", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(20), px(8), px(20), px(12))
        row.setSpacing(px(6))
        row.addWidget(IconLabel(Icon.IN_HOUSE, "text3", 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)

    def show_preview(self, preview: PreviewState | None) -> None:
        """Name it; nothing while the preview loads."""
        self.setVisible(preview is not None)
        if preview is None:
            return
        notes = [text("sharing.notes_stay", n=preview.notes)] if preview.notes else []
        parts = listed(", ", [*preview.stays, *notes])
        self._words.setText(text("sharing.stays", what=parts) if parts else text("sharing.nothing_stays"))
