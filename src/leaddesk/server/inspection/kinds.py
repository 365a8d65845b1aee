"""What a file is, by its bytes: held against the type it was declared as; whatever can be run is refused.

The check reads the stream as it passes and keeps a few hundred bytes. It is no virus scanner: archives in
archives and what is encrypted are the scanner's matter.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from leaddesk.server.inspection.names import is_runnable

OPAQUE = "application/octet-stream"
HEAD = 4096
"""Bytes the kind is told by."""

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "application/pdf": "pdf",
        "image/png": "png",
        "image/jpeg": "jpeg",
        "image/gif": "gif",
        "image/webp": "webp",
        "image/tiff": "tiff",
        "image/bmp": "bmp",
        "image/heic": "isobmff",
        "image/heif": "isobmff",
        "video/mp4": "isobmff",
        "video/quicktime": "isobmff",
        "audio/mp4": "isobmff",
        "audio/mpeg": "mp3",
        "application/zip": "zip",
        f"{_OOXML}wordprocessingml.document": "zip",
        f"{_OOXML}spreadsheetml.sheet": "zip",
        f"{_OOXML}presentationml.presentation": "zip",
        f"{_ODF}text": "zip",
        f"{_ODF}spreadsheet": "zip",
        f"{_ODF}presentation": "zip",
        "application/msword": "ole",
        "application/vnd.ms-excel": "ole",
        "application/vnd.ms-powerpoint": "ole",
        "application/vnd.ms-outlook": "ole",
        "application/rtf": "rtf",
        "application/json": "text",
        "text/plain": "text",
        "text/csv": "text",
        "text/vcard": "text",
        "text/calendar": "text",
        "message/rfc822": "text",
    }
)
"""Types that are checked and handed out under their name; every other is handed out as opaque bytes."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"BM", "bmp"),
    (4, b"ftyp", "isobmff"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rtf", "rtf"),
)
_PROGRAMS = (
    *(b"MZ", b"\x7fELF"),
    *(
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
    ),
    *(
        b"\0asm",
        b"dex\n",
        b"L\0\0\0\x01\x14\x02\0",
        b"!<arch>\n",
        b"\xed\xab\xee\xdb",
        b"ITSF",
        b"FWS",
        b"CWS",
    ),
)
_SCRIPTS = (
    b"#!",
    b"<?php",
    b"<%",
    b"@echo",
    b"<script",
    b"<html",
    b"<!doctype html",
    b"<svg",
    b"<job",
    b"<hta",
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(rb"<(?:[a-z]+:)?(?:svg|html|script|stylesheet)\b")
_RUN_TYPES = re.compile(
    r".*(javascript|ecmascript|x-sh|x-csh|x-msdownload|x-msdos|x-dosexec|x-executable|x-mach|x-elf"
    r"|java-archive|x-python|x-perl|x-php|vbscript|xhtml|html|svg|hta|shockwave|wasm|macroenabled|x-msi"
    r"|android\.package|x-bat|iso9660|diskimage).*"
)
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")
_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_MACROS = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_CARRIED = 600


def media_type(declared: str) -> str | None:
    """Return a declared type without parameters; nothing where it is none, or one of what can be run."""
    plain = declared.partition(";")[0].strip().lower()
    wrong = _TYPE.fullmatch(plain) is None or _RUN_TYPES.fullmatch(plain) is not None
    return None if wrong else {"image/jpg": "image/jpeg"}.get(plain, plain)


def served_type(declared: str) -> str:
    """Return the type a file is handed out as: its own if that was checked, else opaque."""
    return declared if declared in _KINDS else OPAQUE


class Check:
    """Watches one file pass. :attr:`fault` is what was expected instead, once something is wrong."""

    def __init__(self, declared: str) -> None:
        self.fault: str | None = None
        self._wanted = _KINDS.get(declared)
        self._head = b""
        self._carried = b""
        self._kind: str | None = None

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        if self._kind is None:
            self._head += piece[: HEAD - len(self._head)]
            if len(self._head) < HEAD:
                self._carried += piece
                return
            self._judge_head()
        if self.fault is None and self._kind in ("zip", "ole"):
            self._judge_inside(self._carried + piece)
        self._carried = piece[-_CARRIED:] if len(piece) >= _CARRIED else (self._carried + piece)[-_CARRIED:]

    def end(self) -> None:
        """Judge what was too short to be judged on its way."""
        if not self._head:
            self.fault = "a file that is not empty"
        elif self._kind is None:
            self._judge_head()
            if self.fault is None and self._kind in ("zip", "ole"):
                self._judge_inside(self._carried)

    def _judge_head(self) -> None:
        self._kind = kind_of(self._head)
        if self._kind == "program":
            self.fault = "a document or picture, not a program or script"
        elif self._wanted is not None and self._kind != self._wanted:
            self.fault = "content of the declared contentType"

    def _judge_inside(self, piece: bytes) -> None:
        if any(macro in piece for macro in _MACROS):
            self.fault = "a document without macros"
        for found in _ENTRY.finditer(piece):
            length = int.from_bytes(found.group(1), "little")
            name = piece[found.end() : found.end() + min(length, 300)].decode("utf-8", "replace")
            if is_runnable(name, inside=True):
                self.fault = "an archive without programs or scripts"


def kind_of(head: bytes) -> str:
    """Tell the kind of a file by its first bytes: a kind, ``program``, ``text`` or ``unknown``.

    Marks that a text may begin with ("BM", "MZ") count only where there are bytes no text has.
    """
    head = head.decode("utf-16", "replace").encode() if head.startswith(_WIDE) else head
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    markup = start.startswith((b"<?xml", b"<!--", b"<!doctype")) and _MARKUP.search(start)
    if start.startswith(_SCRIPTS) or markup:
        return "program"
    marked = next((kind for place, magic, kind in _MAGIC if head.startswith(magic, place)), "unknown")
    if _is_text(head):
        return marked if marked in ("pdf", "rtf") else "text"
    return "program" if head.startswith(_PROGRAMS) else marked


def _is_text(head: bytes) -> bool:
    """No control characters but those of texts; UTF-8 or any one-byte encoding."""
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
