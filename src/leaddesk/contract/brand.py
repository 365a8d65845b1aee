"""The brand of an instance: what it is called and painted with, before anybody signs in (measure B4)."""

import base64
import binascii
import struct
from typing import Annotated

from pydantic import Field

from leaddesk.contract.wire import WireModel

LONGEST_NAME = 40
LARGEST_LOGO = 32 * 1024
"""Bytes of the PNG."""
LEAST_SIDE, LONGEST_SIDE = 16, 512
"""Pixels of a logo, across and down."""

_PNG, _HEAD = b"\x89PNG\r\n\x1a\n", struct.Struct(">8s4s4sII")


class Brand(WireModel):
    """``GET /brand``. What is absent is the client's own; a client believes none of it (ADR 67).

    ``colour``: ``#rrggbb``. ``logo``: a PNG in base64.
    """

    name: str | None = None
    colour: Annotated[str | None, Field(examples=["#0f766e"])] = None
    logo: str | None = Field(default=None, repr=False)


def is_small_png(content: bytes) -> bool:
    """Tell by its head whether a file is a PNG within the bounds; nothing is decoded."""
    if not _HEAD.size <= len(content) <= LARGEST_LOGO:
        return False
    magic, _, first, across, down = _HEAD.unpack_from(content)
    fits = all(LEAST_SIDE <= side <= LONGEST_SIDE for side in (across, down))
    return magic == _PNG and first == b"IHDR" and fits


def logo_of(text: str) -> bytes | None:
    """Return the PNG of an answer; nothing if it is none, or too large."""
    if len(text) > 4 * LARGEST_LOGO // 3 + 4:
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if is_small_png(content) else None
