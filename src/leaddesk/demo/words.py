"""What the tour looks for: the program's own sentences, in the language the tour is played in."""

from __future__ import annotations

from leaddesk.ui.kit.wording import text

_ANYTHING = "\N{WHITE SQUARE}"


def opening(key: str, words: int) -> str:
    """Return how a sentence begins: all that is sure to stand in one line where lines may break."""
    return " ".join(text(key).split()[:words])


def around(key: str, name: str) -> str:
    """Return the longest stretch of a sentence that is the same whatever stands at its one place."""
    stretches = text(key, **{name: _ANYTHING}).split(_ANYTHING)
    return max(stretches, key=len).strip(" \u2068\u2069")
