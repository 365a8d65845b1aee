"""The one rule for new passwords (NIST SP 800-63B-4, 3.1.1.2): long, not common, not made of known words.

No composition rules. Nothing is asked of anybody outside: the blocklist lies beside this file.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from leaddesk.personal.masked import Secret

SHORTEST, SHORTEST_WITH_SECOND_FACTOR, LONGEST = 15, 8, 200
"""Characters: where a password stands alone, and beside a second factor. At least 64 must be accepted."""
LEAST_OWN = 8
"""Characters that must be left without known words, runs and repetitions."""

PRODUCT = "leaddesk"
_SHORTEST_WORD = 3
_COMMON = Path(__file__).parent / "common.txt"
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
)
_STEPS = frozenset(pair for row in _ROWS for pair in map("".join, pairwise(row)))
_READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 5, 5


class Weakness(StrEnum):
    """What is wrong with a password."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    NOT_TEXT = "not-text"
    COMMON = "common"
    GUESSABLE = "guessable"


class WeakPassword(ValueError):
    """The password is not taken. ``weakness`` says why; the password is nowhere in here."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


def check_password(password: Secret, about: Iterable[str] = (), *, second_factor: bool = False) -> None:
    """Take a password or raise :class:`WeakPassword`. ``about``: names of tenant and person, the e-mail."""
    given = normalised(password).reveal()
    if len(given) < (SHORTEST_WITH_SECOND_FACTOR if second_factor else SHORTEST):
        raise WeakPassword(Weakness.TOO_SHORT)
    if len(given) > LONGEST:
        raise WeakPassword(Weakness.TOO_LONG)
    if not given.isprintable():
        raise WeakPassword(Weakness.NOT_TEXT)
    folded = given.casefold()
    own = _unit(_without_runs(_without_words(folded, about)))
    if any(map(_is_common, {folded, own})):
        raise WeakPassword(Weakness.COMMON)
    if len(own) < LEAST_OWN:
        raise WeakPassword(Weakness.GUESSABLE)


def normalised(password: Secret) -> Secret:
    """Bring a password into the one form it is kept and compared in: systems write an ü in two ways."""
    return Secret(unicodedata.normalize("NFKC", password.reveal()))


def drawn_password() -> Secret:
    """Draw one that can be read out: 25 characters that are not mistaken for each other, 123 bits."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return Secret("-".join(groups))


def _without_words(folded: str, about: Iterable[str]) -> str:
    """Take the known words out: the product, parts of names and of what stands before the @."""
    texts = [PRODUCT, *(text.casefold().rpartition("@")[0] or text.casefold() for text in about)]
    words = {word for text in texts for word in re.split(r"[\W_]+", text) if len(word) >= _SHORTEST_WORD}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return folded


def _without_runs(folded: str) -> str:
    """Leave the first of each run: the same character again, or neighbours on a keyboard, up or down."""
    left = folded[:1]
    for before, this in pairwise(folded):
        if before != this and before + this not in _STEPS and this + before not in _STEPS:
            left += this
    return left


def _unit(text: str) -> str:
    """Return what a text is a repetition of, itself if of nothing else."""
    size = (text + text).find(text, 1)
    return text[:size] if size > 0 else text


def _is_common(text: str) -> bool:
    """Tell whether it is one of the most frequent passwords, or two in a row, whatever stands between."""
    bare = re.sub(r"[\W_]+", "", text)
    common = _common()
    return bool({text, bare} & common) or any(
        bare[:cut] in common and bare[cut:] in common for cut in range(1, len(bare))
    )


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
