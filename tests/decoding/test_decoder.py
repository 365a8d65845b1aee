"""Files become pixels and words in the child; what comes back is what was in them."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.decoding.bounds import (
    LARGEST_FILE,
    MOST_CHARACTERS,
    MOST_PIXELS,
    TALLEST,
    WIDEST,
    Fault,
    Kind,
    fitted,
    kind_of,
)
from leaddesk.decoding.decoder import Decoder, Page, Undecodable
from leaddesk.decoding.texts import words_of
from tests.guarantees.previews.children import Watched, lying
from tests.support.samples import document, picture

BLUE = bytes((204, 77, 26))


def pixel(page: Page, across: float, down: float) -> bytes:
    at = (int(page.height * down) * page.width + int(page.width * across)) * 4
    return bytes(page.pixels[at : at + 3])


def test_a_document_has_its_pages_as_wide_as_they_are_wanted() -> None:
    decoder = Decoder(Kind.PDF, patience=60)
    try:
        assert decoder.open(document(3)).pages == 3
        for number, width in ((0, 400), (2, 1_000), (1, 400)):
            page = decoder.page(number, width)
            assert (page.width, page.height) == (width, width * 842 // 595)
            assert pixel(page, 0.5, 0.145) == BLUE and pixel(page, 0.5, 0.5) == b"\xff" * 3
        with pytest.raises(Undecodable, match=Fault.BROKEN):
            decoder.page(3, 400)
        assert decoder.page(0, 10).width == 10
    finally:
        decoder.close()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_is_made_smaller_never_larger(form: str) -> None:
    decoder = Decoder(Kind.IMAGE, patience=60)
    try:
        assert decoder.open(picture(form)).pages == 1
        small, large = decoder.page(0, 320), decoder.page(0, 2_000)
        assert (small.width, small.height, large.width, large.height) == (320, 240, 640, 480)
        assert all(abs(a - b) < 4 for a, b in zip(pixel(small, 0.5, 0.2), BLUE, strict=True))
        assert pixel(large, 0.5, 0.9) == b"\xff" * 3
        large.forget()
        assert not any(large.pixels)
    finally:
        decoder.close()


def test_a_file_is_closed_while_it_is_decoded_and_nothing_is_left() -> None:
    watched, ended = Watched(lying("deaf")), list[Fault]()
    decoder = Decoder(Kind.PDF, watched, patience=600)

    def ask() -> None:
        try:
            decoder.open(bytes(1 << 20))
        except Undecodable as failure:
            ended.append(failure.fault)

    asking = threading.Thread(target=ask)
    asking.start()
    decoder.close()
    asking.join(60)
    assert ended == [Fault.DIED]
    decoder.close()
    with pytest.raises(Undecodable):
        decoder.page(0, 1)
    assert watched.left() == []


def test_where_no_child_can_be_confined_nothing_is_decoded() -> None:
    def cannot(_kind: Kind) -> object:
        raise OSError

    with pytest.raises(Undecodable, match=Fault.UNCONFINED):
        Decoder(Kind.PDF, cannot).open(b"")  # type: ignore[arg-type]
    with pytest.raises(Undecodable, match=Fault.TOO_LARGE):
        Decoder(Kind.PDF, cannot).open(bytes(LARGEST_FILE + 1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Grüße\r\nan alle\rhier".encode(), "Grüße\nan alle\nhier"),
        ("Grüße".encode("cp1252"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("\ufeffGrüße".encode(), "Grüße"),
        (b"", ""),
    ],
)
def test_words_are_read_in_the_encoding_they_were_written_in(content: bytes, words: str) -> None:
    found = words_of(content)
    assert (found.text, found.cut) == (words, False)


def test_long_words_are_cut_between_two_characters() -> None:
    found = words_of(("ü" * 3 * MOST_CHARACTERS + "x" * 3 * MOST_CHARACTERS).encode())
    assert found.cut and found.text == "ü" * MOST_CHARACTERS


def test_what_is_looked_at_is_told_by_its_type() -> None:
    assert kind_of("application/pdf") is Kind.PDF and kind_of("IMAGE/png; a=b") is Kind.IMAGE
    assert kind_of("text/plain") is Kind.TEXT and kind_of("image/svg+xml") is None
    assert kind_of("application/octet-stream") is None and kind_of("text/html") is None


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.integers(-5, 1 << 20))
def test_no_page_is_beyond_its_bounds(width: float, height: float, wanted: int) -> None:
    try:
        across, down = fitted(width, height, wanted)
    except ValueError:
        assert not (0 < width < 1e9 and 0 < height < 1e9)
        return
    assert 0 < across <= WIDEST and 0 < down <= TALLEST and across * down <= MOST_PIXELS
