"""An offer as a PDF of two pages: PDFium's own Helvetica, some lines, nothing else (ISO 32000-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

_BOX = b"[0 0 595 842]"
_LEFT, _RIGHT, _TOP = 60, 535, 770
_NARROW, _DIGIT = 278, 556
"""Thousandths of the size: dots, commas and blanks, and all digits and the euro sign (Helvetica)."""
_TAX = 19
"""Per cent."""

Line = tuple[str, int]
"""What is bought, and its net price in euros."""


def offer(firm: str, words: dict[str, Any]) -> bytes:
    """Return an offer of ``firm``; ``words`` are its entry in ``files.json``."""
    lines = [(name, price) for name, price in words["lines"]]
    pages = [_first(firm, words, lines), _second(firm, words)]
    return _document([b"\n".join(page) for page in pages])


def _first(firm: str, words: dict[str, Any], lines: Sequence[Line]) -> Iterator[bytes]:
    yield from _head(firm, words, 1)
    for at, row in enumerate(words["to"]):
        yield _text(_LEFT, _TOP - 70 - 16 * at, 11, row)
    yield _text(_LEFT, _TOP - 160, 20, words["title"], bold=True)
    yield _text(_LEFT, _TOP - 186, 11, words["about"])
    at = _TOP - 230
    yield _text(_LEFT, at, 10, words["columns"][0], bold=True)
    yield _right(at, 10, words["columns"][1], bold=True)
    for name, price in lines:
        at -= 24
        yield _rule(at + 16, 0.8)
        yield _text(_LEFT, at, 11, name)
        yield _right(at, 11, _euros(price))
    net = sum(price for _, price in lines)
    tax = round(net * _TAX / 100)
    yield _rule(at - 10, 0.3)
    for name, price in zip(words["sums"], (net, tax, net + tax), strict=True):
        at -= 24
        last = name == words["sums"][-1]
        yield _text(_LEFT + 220, at, 11, name, bold=last)
        yield _right(at, 11, _euros(price), bold=last)


def _second(firm: str, words: dict[str, Any]) -> Iterator[bytes]:
    yield from _head(firm, words, 2)
    yield _text(_LEFT, _TOP - 70, 14, words["terms_title"], bold=True)
    for at, row in enumerate(words["terms"]):
        yield _text(_LEFT, _TOP - 100 - 22 * at, 11, row)


def _head(firm: str, words: dict[str, Any], page: int) -> Iterator[bytes]:
    yield b"0.12 0.32 0.82 rg %d %d %d 6 re f 0 g" % (_LEFT, _TOP + 30, _RIGHT - _LEFT)
    yield _text(_LEFT, _TOP, 12, firm, bold=True)
    yield _right(_TOP, 10, f"{words['number']}  {page} / 2")


def _text(x: float, y: float, size: int, words: str, *, bold: bool = False) -> bytes:
    """Write a line in Windows-1252, which this font is asked to speak."""
    plain = words.encode("cp1252").translate(None, b"\\()")
    return b"BT /F%d %d Tf %.1f %.1f Td (%b) Tj ET" % (2 if bold else 1, size, x, y, plain)


def _right(y: float, size: int, words: str, *, bold: bool = False) -> bytes:
    """Write what ends at the right margin: figures, whose widths are known."""
    wide = sum(_NARROW if one in " .,:/" else _DIGIT for one in words)
    return _text(_RIGHT - wide * size / 1000, y, size, words, bold=bold)


def _rule(y: float, grey: float) -> bytes:
    return b"%.1f G %d %.1f m %d %.1f l S" % (grey, _LEFT, y, _RIGHT, y)


def _euros(price: int) -> str:
    return f"{price:,}".replace(",", ".") + ",00 €"


def _document(contents: Sequence[bytes]) -> bytes:
    """Put pages together: catalogue, tree, two fonts, then a page and its content each."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>"
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(contents)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(contents)),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    for number, content in enumerate(contents):
        fonts = b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        place = b"/MediaBox %b /Contents %d 0 R" % (_BOX, 6 + 2 * number)
        bodies.append(b"<< /Type /Page /Parent 2 0 R %b %b >>" % (place, fonts))
        bodies.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    written, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(written))
    return bytes(written + head + table + tail)
