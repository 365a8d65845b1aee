"""Logos of tests: real PNG files, made without a library."""

from __future__ import annotations

import struct
import zlib


def one_coloured_png(across: int = 64, down: int = 64, more: bytes = b"") -> bytes:
    """A picture of one colour (#0f766e), with something behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", across, down, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x0f\x76\x6e" * across for _ in range(down)))
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + more
