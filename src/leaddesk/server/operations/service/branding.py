"""The brand an operator configured for this instance (measure B4); checked at the start, not when asked."""

import base64
import re
import unicodedata
from pathlib import Path

from leaddesk.contract.brand import LARGEST_LOGO, LEAST_SIDE, LONGEST_NAME, LONGEST_SIDE, Brand, is_small_png
from leaddesk.server.operations.kinds import PATH, Kind, Unexpected, text

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _colour(value: object) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise Unexpected
    return value.lower()


def _logo(value: object) -> Path:
    """Look at the file at once: an operator learns of a wrong one at the start."""
    found: Path = PATH.read(value)
    try:
        if found.stat().st_size > LARGEST_LOGO or not is_small_png(found.read_bytes()):
            raise Unexpected
    except OSError:
        raise Unexpected from None
    return found


def _name(value: object) -> str:
    """Take letters, digits and signs; nothing that turns, hides or breaks what stands beside it."""
    found: str = text(LONGEST_NAME).read(value)
    if any(unicodedata.category(sign).startswith("C") or sign in "<>" for sign in found):
        raise Unexpected
    return found


BRAND_NAME = Kind(f"a name of 1 to {LONGEST_NAME} characters without control signs and <>", _name)
COLOUR = Kind("a colour such as #0f766e", _colour)
LOGO = Kind(
    f"a readable PNG of at most {LARGEST_LOGO // 1024} KiB and {LEAST_SIDE} to {LONGEST_SIDE} pixels a side",
    _logo,
)


def brand_of(name: str | None, colour: str | None, logo: Path | None) -> Brand:
    """Return the brand as it is served."""
    picture = base64.b64encode(logo.read_bytes()).decode("ascii") if logo is not None else None
    return Brand(name=name, colour=colour, logo=picture)
