"""Small files of the kinds that can be looked at, made here: none is taken from anywhere."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageWriter

WORDS = "Grundriss Erdgeschoss"


def pdf(bodies: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Write a document of these objects, numbered from 1; the first is the catalogue."""
    written, places = bytearray(b"%PDF-1.7\n"), list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"<< /Size %d /Root 1 0 R %s >>" % (len(bodies) + 1, trailer)
    return bytes(written + b"trailer\n" + head + b"\nstartxref\n%d\n%%%%EOF\n" % start)


def stream(content: bytes, about: bytes = b"") -> bytes:
    """Write a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), about, content)


def page_of(content: bytes, box: bytes = b"[0 0 595 842]", more: bytes = b"", pages: int = 1) -> list[bytes]:
    """Return catalogue, tree, page and content of a simple document."""
    kids = b" ".join(b"3 0 R" for _ in range(pages))
    font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    return [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % more,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Resources << %s >> /Contents 4 0 R >>" % (box, font),
        stream(content),
    ]


def document(pages: int = 1, words: str = WORDS) -> bytes:
    """Return a PDF: a line of words over a blue bar."""
    lines = b"0.1 0.3 0.8 rg 60 700 475 40 re f 0 g BT /F1 24 Tf 60 760 Td (%s) Tj ET" % words.encode(
        "cp1252"
    )
    return pdf(page_of(lines, pages=pages))


def picture(form: str = "PNG", width: int = 640, height: int = 480) -> bytes:
    """Return a picture: half blue, half white."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    half = QImage(width, height // 2, QImage.Format.Format_RGB32)
    half.fill(QColor(26, 77, 204))
    for line in range(height // 2):
        image.scanLine(line)[:] = half.constScanLine(line)  # type: ignore[index]
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(device, QByteArray(form.encode())).write(image)
    return bytes(device.data().data())


def chunk(name: bytes, content: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(size: tuple[int, int], rows: bytes, *, depth: int = 8, colour: int = 0, extra: bytes = b"") -> bytes:
    """Write a PNG whose compressed rows are given; they need not fit the size."""
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
