"""Naming a label in a refusal without echoing what may be a person's data.

A label of a form may always be named. What somebody sent as a label is named only if it reads like one;
anything with an e-mail address, a number or a line of text in it is named by its place instead.
"""

import re

_LIKE_A_LABEL = re.compile(r"(?!.*\d{3})[^\W\d_][\w .,:;/()&+?!'%-]{0,59}")


def place_of(block: str, label: str, index: int, known: bool = False) -> str:
    """Name a field of a request: ``prospect.fields.Vorname``, or ``prospect.fields[3]``."""
    if known or _LIKE_A_LABEL.fullmatch(label):
        return f"{block}.fields.{label}"
    return f"{block}.fields[{index}]"
