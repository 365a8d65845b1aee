"""Pictures by Qt's own readers. In the child only.

The reader is named by the file's first bytes, never guessed by Qt, which would try all it has: SVG, icons and
other formats are not read. Qt's readers for these formats are loaded before the cell is entered.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QImageIOHandler, QImageReader, QPainter

from leaddesk.decoding.bounds import MOST_PAGES, MOST_SOURCE_PIXELS, Verdict, fitted
from leaddesk.decoding.reading import Picture, Unreadable

_MEGABYTES = 4 * MOST_SOURCE_PIXELS // (1 << 20) + 1
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"BM", "bmp"),
)
_TURNED = QImageIOHandler.Transformation.TransformationRotate90


def load() -> None:
    """Load every reader there will be: later no library can be opened any more."""
    QImageReader.setAllocationLimit(_MEGABYTES)
    for name in dict.fromkeys(name for _, _, name in _MAGIC):
        nothing = QBuffer()
        QImageReader(nothing, name.encode()).canRead()
    picture = QImage(1, 1, QImage.Format.Format_RGB32)
    QPainter(picture).end()


class Image:
    """One picture, or the pages of a scan."""

    def __init__(self, content: bytes) -> None:
        """Raises :class:`Unreadable`."""
        names = (name for at, magic, name in _MAGIC if content[at : at + len(magic)] == magic)
        self._format = next(names, "")
        if not self._format:
            raise Unreadable(Verdict.BROKEN)
        self._content = QByteArray(content)
        self._check(self._reader(0).size())
        self.pages = max(1, self._reader(0).imageCount()) if self._format == "tiff" else 1
        if self.pages > MOST_PAGES:
            raise Unreadable(Verdict.TOO_LARGE)

    def page(self, number: int, width: int) -> Picture:
        """Draw the picture, smaller if it is wider, never larger. Raises :class:`Unreadable`."""
        reader = self._reader(number)
        size = reader.size()
        self._check(size)
        turned = bool(reader.transformation().value & _TURNED.value)
        natural = size.transposed() if turned else size
        across, down = fitted(natural.width(), natural.height(), min(width, natural.width()))
        wanted = QSize(down, across) if turned else QSize(across, down)
        if wanted != size:
            reader.setScaledSize(wanted)
        found = reader.read()
        if found.isNull():
            raise Unreadable(Verdict.BROKEN)
        return _on_white(found)

    def _reader(self, number: int) -> QImageReader:
        self._buffer = QBuffer(self._content)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(self._buffer, self._format.encode())
        reader.setAutoDetectImageFormat(False)
        reader.setAutoTransform(True)
        if number and not reader.jumpToImage(number):
            raise Unreadable(Verdict.BROKEN)
        return reader

    def _check(self, size: QSize) -> None:
        if not size.isValid() or size.isEmpty():
            raise Unreadable(Verdict.BROKEN)
        if size.width() * size.height() > MOST_SOURCE_PIXELS:
            raise Unreadable(Verdict.TOO_LARGE)


def _on_white(found: QImage) -> Picture:
    """What is transparent shows paper."""
    across, down = fitted(found.width(), found.height(), found.width())
    page = QImage(across, down, QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    painter = QPainter(page)
    painter.drawImage(0, 0, found)
    painter.end()
    return Picture(across, down, bytes(page.constBits()))
