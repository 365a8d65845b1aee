"""What a PDF names and does not bring along is drawn with a font of this computer, or said to be missing."""

from __future__ import annotations

import struct
from pathlib import Path

import pypdfium2.raw as pdfium
import pytest

from leaddesk.decoding.bounds import Kind
from leaddesk.decoding.decoder import Decoder, Page
from leaddesk.decoding.documents.fonts import found
from tests.support.samples import page_of, pdf

INK = 128


def naming(font: bytes, *more: bytes, words: bytes) -> bytes:
    """Return a page of these words in a font that the document names and does not contain."""
    bodies = page_of(b"BT /F1 60 Tf 60 700 Td %s Tj ET" % words)
    simple = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    assert simple in bodies[2]
    bodies[2] = bodies[2].replace(simple, b"5 0 R")
    return pdf([*bodies, font, *more])


def of_characters(base: bytes, encoding: bytes, ordering: bytes, words: bytes) -> bytes:
    about = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (%s) /Supplement 0 >>" % ordering
    return naming(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /%s /DescendantFonts [6 0 R] >>"
        % (base, encoding),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s %s /FontDescriptor 7 0 R >>" % (base, about),
        b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /ItalicAngle 0 /Ascent 800 /Descent -200"
        b" /CapHeight 700 /StemV 80 /FontBBox [0 -200 1000 800] >>" % base,
        words=b"<%s>" % words.hex().encode(),
    )


CHINESE = of_characters(b"STSong-Light", b"UniGB-UCS2-H", b"GB1", "你好".encode("utf-16-be"))
JAPANESE = of_characters(b"HeiseiKakuGo-W5", b"90ms-RKSJ-H", b"Japan1", "見積書".encode("cp932"))
KOREAN = of_characters(b"HYSMyeongJo-Medium", b"KSCms-UHC-H", b"Korea1", "견적서".encode("cp949"))
ARABIC = naming(
    b"<< /Type /Font /Subtype /TrueType /BaseFont /Arial /FirstChar 65 /LastChar 67 /Widths [600 600 600]"
    b" /Encoding << /Type /Encoding /Differences [65 /uni0633 /uni0644 /uni0645] >> /FontDescriptor 6 0 R >>",
    b"<< /Type /FontDescriptor /FontName /Arial /Flags 32 /ItalicAngle 0 /Ascent 800 /Descent -200"
    b" /CapHeight 700 /StemV 80 /FontBBox [0 -200 1000 800] >>",
    words=b"(ABC)",
)
GERMAN = naming(
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    words=b"(Gr\xfc\xdfe \x96 5 \x80)",
)
MARKS = naming(b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>", words=b"(\\267 abc)")


def drawn(content: bytes) -> Page:
    decoder = Decoder(Kind.PDF, patience=60)
    try:
        assert decoder.open(content).pages == 1
        return decoder.page(0, 595)
    finally:
        decoder.close()


def has_ink(page: Page) -> bool:
    return any(value < INK for value in page.pixels[::4])


@pytest.mark.parametrize("content", [CHINESE, JAPANESE, KOREAN], ids=["chinese", "japanese", "korean"])
def test_characters_are_drawn_with_a_font_of_this_computer_or_said_to_be_missing(content: bytes) -> None:
    page = drawn(content)
    assert page.lacking != has_ink(page)


def test_what_no_font_here_can_draw_is_said_to_be_missing() -> None:
    page = drawn(ARABIC)
    assert page.lacking and not has_ink(page)


@pytest.mark.parametrize("content", [GERMAN, MARKS], ids=["german", "marks"])
def test_nothing_is_said_of_pages_that_are_whole(content: bytes) -> None:
    page = drawn(content)
    assert has_ink(page) and not page.lacking


def test_the_first_font_there_is_is_taken_and_its_place_in_a_collection_found(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    collection = b"ttcf" + struct.pack(">II5I", 0x10000, 5, 40, 50, 60, 70, 80) + bytes(100)
    (deep / "NotoSansCJK-Regular.ttc").write_bytes(collection)
    (deep / "NanumGothic.ttf").write_bytes(b"\0\1\0\0" + bytes(100))
    (deep / "wqy-zenhei.ttc").symlink_to(deep / "nowhere")
    starts = {charset: font.start for charset, font in found([str(tmp_path), "/nowhere"]).items()}
    assert starts == {
        pdfium.FXFONT_GB2312_CHARSET: 60,
        pdfium.FXFONT_CHINESEBIG5_CHARSET: 70,
        pdfium.FXFONT_SHIFTJIS_CHARSET: 40,
        pdfium.FXFONT_HANGEUL_CHARSET: 50,
    }


@pytest.mark.parametrize("broken", [b"", b"ttcf", b"ttcf" + bytes(4), b"ttcf" + b"\xff" * 40])
def test_a_font_that_is_broken_is_none(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(broken)
    (tmp_path / "DroidSansFallback.ttf").write_bytes(b"\0\1\0\0" + bytes(20))
    assert {font.start for font in found([str(tmp_path)]).values()} == {0}
