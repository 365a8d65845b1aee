"""Bytes as words. In the child only, as everything that looks into a file."""

from __future__ import annotations

import encodings.cp1252
import encodings.utf_8_sig
import encodings.utf_16  # noqa: F401 - found now, while modules can be found, or never

from leaddesk.decoding.bounds import MOST_CHARACTERS
from leaddesk.decoding.reading import Words

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENOUGH = 8 * MOST_CHARACTERS
"""Bytes that are looked at; no encoding here takes more for what is shown."""
_LINES = str.maketrans({"\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})


def words_of(content: bytes) -> Words:
    """Return the text, as far as it is shown.

    What is no valid UTF-8 or UTF-16 is taken for Windows-1252, as Excel writes its lists.
    """
    looked = content[:_ENOUGH]
    found = _decoded(looked)
    lines = found.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES)
    cut = len(lines) > MOST_CHARACTERS or len(content) > len(looked)
    return Words(lines[:MOST_CHARACTERS], cut)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as failure:
        whole = failure.start >= len(content) - 4 and failure.reason == "unexpected end of data"
        return content.decode("utf-8" if whole else "cp1252", "replace")
