"""A picture of a heating cellar, as a PNG with a palette (W3C, PNG third edition); painted row by row."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 960, 640
_WALL, _FLOOR, _SHADE, _BOILER, _DOOR, _PIPE, _COPPER, _GAUGE, _NEEDLE, _TANK = range(10)
_TONES = 16
"""Steps from light to dark of each colour, for the light that falls in from the upper left."""
_COLOURS = (
    *((224, 219, 208), (150, 144, 134), (120, 114, 106), (196, 70, 52), (60, 62, 68)),
    *((172, 178, 184), (190, 120, 78), (244, 244, 240), (30, 30, 34), (96, 118, 104)),
)
_BOXES = (
    (_SHADE, 300, 545, 650, 575),
    (_TANK, 30, 300, 250, 540),
    (_BOILER, 330, 190, 620, 550),
    (_DOOR, 370, 400, 580, 520),
    (_PIPE, 400, 0, 424, 190),
    (_COPPER, 540, 60, 560, 190),
    (_COPPER, 540, 40, 960, 60),
    (_PIPE, 700, 60, 716, 470),
    (_PIPE, 250, 420, 330, 436),
)
"""Colour, then left, top, right and bottom; later ones lie over earlier ones."""
_DIALS = ((475, 290, 52, _DOOR), (475, 290, 46, _GAUGE), (708, 300, 30, _NEEDLE), (708, 300, 25, _GAUGE))
"""Middle, radius, colour."""
_SKIRTING = 470
_LIT = tuple(
    bytes(colour * _TONES + far * _TONES // (WIDTH + HEIGHT) for far in range(WIDTH + HEIGHT))
    for colour in range(len(_COLOURS))
)
"""Of each colour a line as long as the way from the upper left corner to the lower right one."""


def cellar() -> bytes:
    """Return the picture."""
    rows = bytearray()
    for y in range(HEIGHT):
        rows += b"\0"
        rows += _row(y)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", _palette()), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _row(y: int) -> bytearray:
    row = bytearray(_run(_WALL if y < _SKIRTING else _FLOOR, 0, WIDTH, y))
    for colour, left, top, right, bottom in _BOXES:
        if top <= y < bottom:
            row[left:right] = _run(colour, left, right, y)
    for across, down, radius, colour in _DIALS:
        if abs(y - down) < radius:
            half = int((radius * radius - (y - down) ** 2) ** 0.5)
            row[across - half : across + half] = _run(colour, across - half, across + half, y)
    if 256 <= y < 292:  # the needle of the large dial
        place = 475 + (292 - y) // 2
        row[place : place + 4] = bytes([_NEEDLE * _TONES]) * 4
    return row


def _run(colour: int, left: int, right: int, y: int) -> bytes:
    """Return pixels of a colour, darker the farther they are from where the light is."""
    return _LIT[colour][left + y : right + y]


def _palette() -> bytes:
    return bytes(
        part * (2 * _TONES - tone) // (2 * _TONES)
        for colour in _COLOURS
        for tone in range(_TONES)
        for part in colour
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
