"""Fonts of this computer for what a PDF names and does not bring along: Chinese, Japanese, Korean.

In the child only. They are found and mapped before the cell is entered and belong to the system, not to the
person: whoever takes the decoder over later has read what every program here may read. Nothing of them is in
memory until a document asks.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2.raw as pdfium

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_DEEPEST, _MOST = 4, 20_000
"""Of folders below those, and of entries in all of them."""
_LARGEST = 64 << 20
_COLLECTION = 0x74746366
"""``ttcf``, as PDFium asks for the whole of a file that holds several fonts."""

Wish = tuple[str, int]
"""A file's name, and which of its fonts is meant."""
_ALL = "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf"
_SC: tuple[Wish, ...] = (
    *(("NotoSansCJK-Regular.ttc", 2), ("NotoSansCJK-VF.ttc", 2), ("NotoSansCJKsc-Regular.otf", 0)),
    *(("NotoSansSC-Regular.otf", 0), ("NotoSansSC-Regular.ttf", 0), ("SourceHanSansSC-Regular.otf", 0)),
    *(("SourceHanSansCN-Regular.otf", 0), ("wqy-zenhei.ttc", 0), ("wqy-microhei.ttc", 0), ("uming.ttc", 0)),
)
_TC: tuple[Wish, ...] = (
    *(("NotoSansCJK-Regular.ttc", 3), ("NotoSansCJK-VF.ttc", 3), ("NotoSansCJKtc-Regular.otf", 0)),
    *(("NotoSansTC-Regular.otf", 0), ("NotoSansTC-Regular.ttf", 0), ("SourceHanSansTC-Regular.otf", 0)),
    *(("SourceHanSansTW-Regular.otf", 0), ("uming.ttc", 0)),
)
_JP: tuple[Wish, ...] = (
    *(("NotoSansCJK-Regular.ttc", 0), ("NotoSansCJK-VF.ttc", 0), ("NotoSansCJKjp-Regular.otf", 0)),
    *(("NotoSansJP-Regular.otf", 0), ("NotoSansJP-Regular.ttf", 0), ("SourceHanSansJP-Regular.otf", 0)),
    *(("ipaexg.ttf", 0), ("ipag.ttf", 0), ("TakaoGothic.ttf", 0), ("VL-Gothic-Regular.ttf", 0)),
)
_KR: tuple[Wish, ...] = (
    *(("NotoSansCJK-Regular.ttc", 1), ("NotoSansCJK-VF.ttc", 1), ("NotoSansCJKkr-Regular.otf", 0)),
    *(("NotoSansKR-Regular.otf", 0), ("NotoSansKR-Regular.ttf", 0), ("SourceHanSansKR-Regular.otf", 0)),
    *(("NanumGothic.ttf", 0), ("UnDotum.ttf", 0), ("baekmuk-dotum.ttf", 0)),
)
WISHES: dict[int, tuple[Wish, ...]] = {
    charset: (*first, *((name, 0) for name in _ALL))
    for charset, first in (
        (pdfium.FXFONT_GB2312_CHARSET, _SC),
        (pdfium.FXFONT_CHINESEBIG5_CHARSET, _TC),
        (pdfium.FXFONT_SHIFTJIS_CHARSET, _JP),
        (pdfium.FXFONT_HANGEUL_CHARSET, _KR),
    )
}
"""By PDFium's charsets; the first that is there is taken."""

_kept: list[object] = []
"""What PDFium calls until the process ends."""


@dataclass(frozen=True, slots=True)
class Font:
    """A mapped file; ``start``: where the font that is meant begins in it."""

    content: mmap.mmap
    start: int


def offer(folders: Sequence[str] = FOLDERS) -> None:
    """Have PDFium ask here for fonts it has not: none but these is ever opened. Once, before the cell."""
    fonts = found(folders)
    info = _info(list(fonts.values()), {charset: place + 1 for place, charset in enumerate(fonts)})
    _kept.append(info)
    pdfium.FPDF_SetSystemFontInfo(ctypes.byref(info))


def found(folders: Sequence[str]) -> dict[int, Font]:
    """Map the first font there is for each charset."""
    wanted = {name for wishes in WISHES.values() for name, _ in wishes}
    places = dict[str, str]()
    for path, name in _files(folders):
        if name in wanted:
            places.setdefault(name, path)
    opened = dict[str, mmap.mmap | None]()
    fonts = dict[int, Font]()
    for charset, wishes in WISHES.items():
        for name, number in wishes:
            if name in places and name not in opened:
                opened[name] = _mapped(places[name])
            content = opened.get(name)
            if content is not None and (start := _start(content, number)) is not None:
                fonts[charset] = Font(content, start)
                break
    return fonts


def _files(folders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """List path and name of every file, level by level, within bounds; what cannot be listed has none."""
    left, level = _MOST, list(folders)
    for _ in range(_DEEPEST):
        deeper = list[str]()
        for folder in level:
            try:
                entries = list(os.scandir(folder))[: max(0, left)]
            except OSError:
                continue
            left -= len(entries)
            deeper += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
            yield from ((entry.path, entry.name) for entry in entries)
        level = sorted(deeper)


def _mapped(path: str) -> mmap.mmap | None:
    try:
        place = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        size = os.fstat(place).st_size
        if not 0 < size <= _LARGEST:
            return None
        return mmap.mmap(place, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    except (OSError, ValueError):
        return None
    finally:
        os.close(place)


def _start(content: mmap.mmap, number: int) -> int | None:
    """Return where a font of a file begins; a file that holds one has it at its beginning."""
    if content[:4] != b"ttcf":
        return 0
    (count,) = struct.unpack(">I", content[8:12].rjust(4, b"\0"))
    if number >= count or len(content) < 16 + 4 * number:
        return None
    (start,) = struct.unpack(">I", content[12 + 4 * number : 16 + 4 * number])
    return int(start) if start < len(content) else None


def _info(fonts: list[Font], handles: dict[int, int]) -> pdfium.FPDF_SYSFONTINFO:
    """Write PDFium's table of questions; a font's handle is its place in the list, from 1."""

    def data(_this: object, handle: int, table: int, into: object, size: int) -> int:
        font = fonts[handle - 1]
        if table == _COLLECTION:
            begin = 0 if font.content[:4] == b"ttcf" else len(font.content)
        elif table == 0:
            begin = font.start
        else:
            return 0
        length = len(font.content) - begin
        if into and 0 < length <= size:
            ctypes.memmove(into, font.content[begin:], length)  # type: ignore[arg-type]
        return length

    answers = {
        "Release": lambda *_: None,
        "EnumFonts": lambda *_: None,
        "MapFont": lambda _this, _weight, _italic, charset, *_: handles.get(charset),
        "GetFont": lambda *_: None,
        "GetFontData": data,
        "GetFaceName": lambda *_: 0,
        "GetFontCharset": lambda *_: pdfium.FXFONT_DEFAULT_CHARSET,
        "DeleteFont": lambda *_: None,
    }
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    return pdfium.FPDF_SYSFONTINFO(1, *(kinds[name](answer) for name, answer in answers.items()))
