"""A file of a lead that is looked at, in its states."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from leaddesk.decoding.decoder import Page
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.preview_dialog import PreviewDialog
from leaddesk.ui.leads.attachments.words import size_words
from tests.stories.registry import story

SIZE = (1_000, 760)
NAME = "Grundriss Erdgeschoss.pdf"
WHOLE = 1_200_000
"""Bytes."""
WORDS = "Guten Tag,\n\nanbei die Maße des Heizraums:\n\n  Länge  3,20 m\n  Breite 2,10 m\n  Höhe   2,05 m\n"


def _window() -> tuple[QWidget, PreviewDialog]:
    window = Pane("surface")
    window.resize(*SIZE)
    dialog = PreviewDialog(window, NAME, size_words(WHOLE))
    dialog.open()
    return window, dialog


def sheet() -> Page:
    """Return a drawn plan, as a decoder would."""
    page = Page(820, 1_160, bytearray(820 * 1_160 * 4))
    image = QImage(page.pixels, page.width, page.height, page.width * 4, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QColor(40, 40, 48))
    for room in (QRect(90, 160, 640, 420), QRect(90, 160, 260, 420), QRect(350, 380, 380, 200)):
        painter.drawRect(room)
    painter.fillRect(QRect(120, 470, 90, 80), QColor(26, 77, 204))
    painter.end()
    return page


@story("leads/attachments/page", size=SIZE)
def page() -> QWidget:
    window, dialog = _window()
    dialog.show_pages(12)
    dialog.show_page(2, sheet())
    return window


@story("leads/attachments/lacking", size=SIZE)
def lacking() -> QWidget:
    window, dialog = _window()
    dialog.show_pages(1)
    drawn = sheet()
    dialog.show_page(0, Page(drawn.width, drawn.height, drawn.pixels, lacking=True))
    return window


@story("leads/attachments/words", size=SIZE)
def words() -> QWidget:
    window, dialog = _window()
    dialog.show_words(WORDS, cut=True)
    return window


@story("leads/attachments/fetching", size=SIZE)
def fetching() -> QWidget:
    window, dialog = _window()
    dialog.show_progress(text("attachments.fetched", done=size_words(WHOLE // 3), whole=size_words(WHOLE)))
    return window


@story("leads/attachments/broken", size=SIZE)
def broken() -> QWidget:
    window, dialog = _window()
    dialog.show_failure(text("attachments.fault_encrypted"))
    return window
