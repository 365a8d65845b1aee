"""Whether a page has characters that nobody could draw: named by the file, brought along by nobody.

In the child only. A page that stays blank without a word would be taken for an empty one.
"""

from __future__ import annotations

import ctypes

import pypdfium2.raw as pdfium

_MOST = 20_000
"""Characters that are looked at."""
_SIZE = 12.0


def lacks_characters(page: pdfium.FPDF_PAGE) -> bool:
    """Tell whether a character one would see has no shape: its font is not in the file, and not here."""
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return False
    try:
        seen = set[tuple[int, int]]()
        return any(_is_blank(text, at, seen) for at in range(min(pdfium.FPDFText_CountChars(text), _MOST)))
    finally:
        pdfium.FPDFText_ClosePage(text)


def _is_blank(text: pdfium.FPDF_TEXTPAGE, at: int, seen: set[tuple[int, int]]) -> bool:
    drawn = pdfium.FPDFText_GetTextObject(text, at)
    font = pdfium.FPDFTextObj_GetFont(drawn) if drawn else None
    if not font:
        return False
    code = pdfium.FPDFText_GetUnicode(text, at)
    which = (ctypes.cast(font, ctypes.c_void_p).value or 0, code)
    if which in seen or not _is_seen(code):
        return False
    seen.add(which)
    if pdfium.FPDFFont_GetIsEmbedded(font):
        return False
    shape = pdfium.FPDFFont_GetGlyphPath(font, code, _SIZE)
    return not shape or pdfium.FPDFGlyphPath_CountGlyphSegments(shape) <= 0


def _is_seen(code: int) -> bool:
    return 0x20 < code < 0x110000 and chr(code).isprintable()
