"""``Accept-Encoding`` (RFC 9110, 12.5.3): what the client would rather have, of what we can do.

At the same weight our order decides. ``identity`` is taken where it is wanted more than every coding, or
nothing else is understood: there is no 406, because a refusal would help nobody.
"""

import re
from collections.abc import Sequence

IDENTITY, ANY = "identity", "*"
_ITEM = re.compile(
    r"[ \t]*(?P<name>[A-Za-z0-9!#$%&'*+.^_`|~-]+)[ \t]*"
    r"(?:;[ \t]*[qQ]=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?[ \t]*"
)
_SAME = {"x-gzip": "gzip"}


def chosen(accepted: str, offered: Sequence[str]) -> str:
    """Return the coding to use, of those offered in our order, or ``identity``.

    What is not in the form of the standard is passed over, as if it had not been said.
    """
    weights = _weights(accepted)
    rest = weights.get(ANY, 0.0)
    best = max(offered, key=lambda name: weights.get(name, rest), default=IDENTITY)
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weights(accepted: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in accepted.split(","):
        read = _ITEM.fullmatch(item)
        if read is not None:
            name = read["name"].lower()
            found[_SAME.get(name, name)] = float(read["weight"] or 1)
    return found
