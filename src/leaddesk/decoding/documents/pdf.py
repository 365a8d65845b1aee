"""PDF pages as pixels, by PDFium. In the child only.

The build in use has no JavaScript and no XFA; links, embedded files and actions are never followed, form
fields are drawn as they look. Fonts that are not in the file are the fourteen that PDFium brings along, and
what this computer has for Chinese, Japanese and Korean.
"""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw as pdfium

from leaddesk.decoding.bounds import MOST_PAGES, Verdict, fitted
from leaddesk.decoding.documents.lacking import lacks_characters
from leaddesk.decoding.reading import Picture, Unreadable


class Pdf:
    """One document."""

    def __init__(self, content: bytes) -> None:
        """Raises :class:`Unreadable`."""
        try:
            self._document = pypdfium2.PdfDocument(content)
            self.pages = len(self._document)
        except pypdfium2.PdfiumError as failure:
            encrypted = failure.err_code == pdfium.FPDF_ERR_PASSWORD
            raise Unreadable(Verdict.ENCRYPTED if encrypted else Verdict.BROKEN) from None
        if not self.pages:
            raise Unreadable(Verdict.BROKEN)
        if self.pages > MOST_PAGES:
            raise Unreadable(Verdict.TOO_LARGE)

    def page(self, number: int, width: int) -> Picture:
        """Draw one page. Raises :class:`Unreadable`."""
        try:
            page = self._document[number]
            wide, high = page.get_size()
            across, down = fitted(wide, high, width)
            picture = pypdfium2.PdfBitmap.new_native(across, down, pdfium.FPDFBitmap_BGRx)
            picture.fill_rect((255, 255, 255, 255), 0, 0, across, down)
            place = (0, 0, across, down, 0, pdfium.FPDF_ANNOT)
            pdfium.FPDF_RenderPageBitmap(picture.raw, page.raw, *place)
            lacking = lacks_characters(page.raw)
        except (pypdfium2.PdfiumError, ValueError, IndexError):
            raise Unreadable(Verdict.BROKEN) from None
        return Picture(across, down, bytes(picture.buffer), lacking)
