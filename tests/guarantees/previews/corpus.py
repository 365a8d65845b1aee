"""Files that mean harm, made from a seed: bombs, loops, lies about sizes, what acts by itself, and damage."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from leaddesk.decoding.bounds import LARGEST_FILE, MOST_PAGES, Fault, Kind
from tests.support.samples import chunk, document, page_of, pdf, picture, png, stream

ANYTHING = frozenset(Fault) - {Fault.UNCONFINED}
SHOWN = frozenset[Fault]()


class File(NamedTuple):
    """``faults``: what may come of it; ``shown``: whether pages or words may."""

    name: str
    kind: Kind
    content: bytes
    faults: frozenset[Fault] = ANYTHING
    shown: bool = True


def hostile() -> Iterator[File]:
    """Return every file made on purpose; good ones first, which have to be seen."""
    yield File("good pdf", Kind.PDF, document(3), SHOWN)
    for form in ("PNG", "JPEG", "BMP", "TIFF", "WEBP"):
        yield File(f"good {form}", Kind.IMAGE, picture(form), SHOWN)
    yield File("good text", Kind.TEXT, "Grüße – 🌡".encode(), SHOWN)
    yield from _pdfs()
    yield from _acting()
    yield from _pictures()
    yield from _texts()


def _pdf(name: str, content: bytes, *faults: Fault, shown: bool = True) -> File:
    return File(name, Kind.PDF, content, frozenset(faults) or ANYTHING, shown)


def _pdfs() -> Iterator[File]:
    ink = b"0 0 100 100 re f"
    for box in (
        b"[0 0 1e9 1e9]",
        b"[0 0 0.0001 1e8]",
        b"[0 0 1e8 0.001]",
        b"[0 0 -1 -1]",
        b"[0 0 0 0]",
        b"[9]",
    ):
        yield _pdf(f"page of {box.decode()}", pdf(page_of(ink, box)))
    yield _pdf("unit of a million", pdf(page_of(ink, b"[0 0 9 9] /UserUnit 1e6")))
    yield _pdf("no table", document().replace(b"xref\n", b"xxxx\n"))
    yield _pdf("table elsewhere", document().replace(b"startxref\n", b"startxref\n9"))
    yield _pdf("table that leads to itself", pdf(page_of(ink), b"/Prev 9"))
    bodies = page_of(ink)
    bodies[1] = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>"
    yield _pdf("tree that holds itself", pdf(bodies))
    yield _pdf("too many pages", document(MOST_PAGES + 1), Fault.TOO_LARGE, shown=False)
    yield _pdf("nested arrays", pdf(page_of(b"[" * 200_000)))
    yield _pdf("nested objects", pdf([b"<< /A " * 50_000 + b">>" * 50_000, *page_of(ink)]))
    lock = b"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%s> /U <%s> >> /ID [<00> <00>]"
    yield _pdf("encrypted", pdf(page_of(ink), lock % (b"a7" * 32, b"3c" * 32)), Fault.ENCRYPTED, shown=False)
    yield _pdf("empty", b"", Fault.BROKEN, shown=False)
    yield _pdf("a program", b"\x7fELF" + bytes(4096), Fault.BROKEN, shown=False)


def _acting() -> Iterator[File]:
    """What other readers run, open or send by themselves."""
    ink = b"0 0 100 100 re f"
    acts = {
        "javascript": b"/OpenAction << /S /JavaScript /JS (while(true){app.alert(1)}) >>",
        "address": b"/OpenAction << /S /URI /URI (http://127.0.0.1:9/seen) >>",
        "launch": b"/OpenAction << /S /Launch /F (/bin/touch) /Win << /F (calc.exe) >> >>",
        "form": b"/OpenAction << /S /SubmitForm /F << /FS /URL /F (http://127.0.0.1:9/) >> >>",
        "elsewhere": b"/OpenAction << /S /GoToR /F (//127.0.0.1/share/a.pdf) /D [0 /Fit] >>",
        "attached": b"/Names << /EmbeddedFiles << /Names [(a) << /F (a.exe) /EF << /F 4 0 R >> >>] >> >>",
        "xfa": b"/AcroForm << /XFA 4 0 R /Fields [] >> /NeedsRendering true",
    }
    for name, act in acts.items():
        yield _pdf(name, pdf(page_of(ink, more=act)))
    bodies = page_of(ink)
    bodies[3] = b"<< /Length 0 /F (/etc/passwd) /FFilter /FlateDecode >>\nstream\n\nendstream"
    yield _pdf("content in another file", pdf(bodies))


def bombs() -> Iterator[File]:
    """Return what grows when it is read, or never ends; making it takes its time too."""
    ink = b"0 0 100 100 re f"
    yield _pdf("content bomb", pdf([*page_of(ink)[:3], _flate(b"q " * 60_000_000)]))
    yield _pdf("endless content", pdf([*page_of(ink)[:3], _flate(b"0 0 595 842 re f* " * 12_000_000)]))
    yield _pdf("laughs", pdf(_laughs()))
    image = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000"
    image += b" /ColorSpace /DeviceGray /BitsPerComponent 8"
    yield _pdf("picture bomb", pdf(_drawing(_flate(bytes(200_000_000), image))))
    yield _picture("png of 8,900²", png((8_900, 8_900), zlib.compress(bytes(8_901 * 8_900), 9)))
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))
    yield _picture("png with a word bomb", png((1, 1), zlib.compress(bytes(2)), extra=words))
    colours = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))
    yield _picture("png with a colour bomb", png((1, 1), zlib.compress(bytes(2)), extra=colours))


def _flate(content: bytes, about: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return stream(packed, b"/Filter /FlateDecode " + about)


def _drawing(image: bytes) -> list[bytes]:
    bodies = page_of(b"595 0 0 842 0 0 cm /Im Do")
    bodies[2] = bodies[2].replace(b"/Resources <<", b"/Resources << /XObject << /Im 5 0 R >>")
    return [*bodies, image]


def _laughs() -> list[bytes]:
    """Nine forms, each drawing the next one thirty times."""
    bodies = page_of(b"/Im Do")
    bodies[2] = bodies[2].replace(b"/Resources <<", b"/Resources << /XObject << /Im 5 0 R >>")
    for number in range(5, 14):
        below = b"/Resources << /XObject << /Im %d 0 R >> >>" % (number + 1)
        bodies.append(stream(b"/Im Do " * 30, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + below))
    return [*bodies, stream(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")]


def _picture(name: str, content: bytes, *faults: Fault, shown: bool = True) -> File:
    return File(name, Kind.IMAGE, content, frozenset(faults) or ANYTHING, shown)


def _pictures() -> Iterator[File]:
    none = zlib.compress(b"")
    large = (Fault.TOO_LARGE, Fault.BROKEN)
    yield _picture("png of 60,000²", png((60_000, 60_000), none), *large, shown=False)
    yield _picture("png of 2³¹", png((0x7FFFFFFF, 0x7FFFFFFF), none), *large, shown=False)
    yield _picture(
        "png bomb", png((16_000, 16_000), zlib.compress(bytes(16_000 * 2_001), 9), depth=1), *large
    )
    jpeg = bytearray(picture("JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    yield _picture("jpeg of 65,535²", bytes(jpeg), *large, shown=False)
    gif = (
        b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b"\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0\x3b"
    )
    yield _picture("gif of 65,535²", gif, shown=False)
    bmp = bytearray(picture("BMP"))
    bmp[18:26] = struct.pack("<ii", 0x7FFFFFFF, -0x80000000)
    yield _picture("bmp of 2³¹", bytes(bmp), shown=False)
    tiff = bytearray(picture("TIFF"))
    (first,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, first)
    struct.pack_into("<I", tiff, first + 2 + 12 * count, first)
    yield _picture("tiff that leads to itself", bytes(tiff))
    yield _picture("webp of another length", picture("WEBP")[:4] + b"\xff\xff\xff\xff" + picture("WEBP")[8:])
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield _picture("svg", drawing, Fault.BROKEN, shown=False)
    yield _picture("empty", b"", Fault.BROKEN, shown=False)


def _texts() -> Iterator[File]:
    yield File("line breaks", Kind.TEXT, b"\n" * LARGEST_FILE)
    yield File("nothing", Kind.TEXT, b"")
    yield File("zeros", Kind.TEXT, bytes(1_000_000))
    yield File("half characters", Kind.TEXT, b"\xff\xfe" + b"\xd8" * 99_999)
    yield File("turned", Kind.TEXT, "\u202etxt.exe\u2066\u0000\ufeff".encode())
    yield File("too large", Kind.TEXT, bytes(LARGEST_FILE + 1), frozenset({Fault.TOO_LARGE}), shown=False)


def damaged(random: Random, count: int) -> Iterator[File]:
    """Return good files with a few bytes changed, taken out, doubled, or the end cut off."""
    good = [(Kind.PDF, document(2))]
    good += [(Kind.IMAGE, picture(form, 80, 60)) for form in ("PNG", "JPEG", "BMP", "TIFF", "WEBP")]
    for number in range(count):
        kind, content = good[number % len(good)]
        yield File(f"damaged {number}", kind, _damage(random, content))


def _damage(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 12)):
        at = random.randrange(len(changed))
        way = random.randrange(4)
        if way == 0:
            changed[at] = random.randrange(256)
        elif way == 1:
            del changed[at : at + random.randint(1, 40)]
        elif way == 2:
            changed[at:at] = changed[at : at + random.randint(1, 40)]
        else:
            changed[at : at + 4] = struct.pack(">I", random.choice((0, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000)))
        changed = changed or bytearray(b"\0")
    return bytes(changed[: random.randint(1, len(changed))] if random.random() < 0.3 else changed)
