"""A file over the window: what is fetched, the page or the words, or why there is nothing to see."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from leaddesk.decoding.decoder import Page
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import secondary
from leaddesk.ui.kit.entry.edits import TextEdit
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.isolation import isolated, visible
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.marks import Skeleton
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.page_canvas import PageCanvas
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.type_scale import TextStyle

_WIDTH, _ROWS = 860, 26


class PreviewDialog(OverlayDialog):
    """Shows one thing at a time. ``page_requested``: a page is to be drawn, numbered from 0."""

    page_requested = Signal(int)

    def __init__(self, window: QWidget, name: str, about: str) -> None:
        super().__init__(window, name, width=_WIDTH)
        self.set_title(name, about)
        self._name, self._pages, self._number = name, 0, 0
        self._waiting = Skeleton(6)
        self._progress = PlainLabel(text("attachments.fetching"), TextStyle.CAPTION, "text3")
        self._notice = Notice(Tone.WARNING, Icon.WARNING, "")
        self._lacking = Notice(Tone.WARNING, Icon.WARNING, "", text("attachments.lacking"))
        self._canvas = PageCanvas()
        self._words = TextEdit(_ROWS)
        self._words.setReadOnly(True)
        self._cut = PlainLabel(text("attachments.cut"), TextStyle.CAPTION, "text3", wrap=True)
        self._parts = (
            *(self._progress, self._waiting, self._notice, self._lacking),
            *(self._canvas, self._words, self._cut),
        )
        for part in self._parts:
            self.body.addWidget(part)
        self._back, self._on = (
            secondary(text("attachments.previous_page"), icon=Icon.CHEVRON_LEFT),
            secondary(text("attachments.next_page"), icon=Icon.CHEVRON_RIGHT),
        )
        self._canvas.leafed.connect(self._leaf)
        self._back.clicked.connect(lambda: self._leaf(-1))
        self._on.clicked.connect(lambda: self._leaf(1))
        self._said = PlainLabel(text("attachments.from_memory"), TextStyle.CAPTION, "text3", wrap=True)
        self.set_footer(self._said, [self._back, self._on])
        self._show_only(self._progress, self._waiting)

    def pixels_across(self) -> int:
        """Return how many pixels a page has here from left to right."""
        laid_out = self._progress if self._canvas.isHidden() else self._canvas
        return round((laid_out.width() or self.width()) * self.devicePixelRatioF())

    def show_progress(self, words: str) -> None:
        """Say how much of the file is here."""
        self._progress.setText(words)

    def show_failure(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self._notice.say(sentence)
        self._canvas.forget()
        self._show_only(self._notice)

    def show_pages(self, pages: int) -> None:
        """There are pages; the first one follows."""
        self._pages = pages
        self._progress.setText(text("attachments.drawing"))

    def show_page(self, number: int, page: Page) -> None:
        """Show a page, and say so where characters of it are not to be seen."""
        self._number = number
        self._canvas.show_page(page)
        place = text("attachments.page", n=number + 1, all=self._pages)
        masks.name(self._canvas, f"{isolated(self._name)}, {place}")
        self._said.setText(place if self._pages > 1 else text("attachments.from_memory"))
        first = self._canvas.isHidden()
        self._show_only(*((self._lacking,) if page.lacking else ()), self._canvas)
        if first:
            self._canvas.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_words(self, words: str, *, cut: bool) -> None:
        """Show a text, character by character."""
        self._words.setPlainText(visible(words))
        self._words.setAccessibleName(text("attachments.words"))
        self._show_only(self._words, *((self._cut,) if cut else ()))
        self._words.cover()

    def forget(self) -> None:
        """Let go of everything of the file."""
        self._canvas.forget()
        self._words.setPlainText("")

    def _leaf(self, step: int) -> None:
        wanted = self._number + step
        if 0 <= wanted < self._pages:
            self._number = wanted
            self._show_leaves()
            self.page_requested.emit(wanted)

    def _show_only(self, *shown: QWidget) -> None:
        for part in self._parts:
            part.setVisible(part in shown)
        self._show_leaves()

    def _show_leaves(self) -> None:
        for button, able in ((self._back, self._number > 0), (self._on, self._number + 1 < self._pages)):
            button.setVisible(self._pages > 1)
            button.setEnabled(able)
