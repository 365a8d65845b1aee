"""What a value must look like (contract, "Values"): label, count, and the form of bools and numbers.

Never the syntax of an e-mail address or a phone number, never the choice: old data would not pass. What a
type's family does not say anything about is taken as it is.
"""

import re
from dataclasses import dataclass
from typing import Any

from leaddesk.contract.leads import FormField
from leaddesk.contract.rows import FieldContent
from leaddesk.server.domain.refusal import invalid

LONGEST = 20_000
"""Characters of one value."""

_SINGLE = "text:singleline"
_LIST, _BOOL, _NUMBER, _NATURAL = "text:list", "bool:", "number:", "number:natural"
_NATURAL_FORM = re.compile(r"\d{1,40}", re.ASCII)
_NUMBER_FORM = re.compile(r"[+-]?\d{1,40}([.,]\d{1,40})?", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Entered:
    """A value as it was sent; ``place`` names it in refusals. ``type`` is absent where nothing was said."""

    place: str
    type: str | None
    value: Any


def content_of(entered: Entered, defined: FormField | None, known: FieldContent | None) -> FieldContent:
    """Turn a sent value into what the lead stores.

    ``defined`` is the form's field, ``known`` what the lead holds today. What is sent back as it stands is
    stored as it stands, whatever it looks like. Raises ``Refused`` (invalid).
    """
    if known is not None and entered.value == known.value and entered.type in (None, known.type):
        return known
    value = _counted(entered, defined)
    content = FieldContent(_type_of(entered, defined, known), value)
    if content.type.startswith(_BOOL) and not isinstance(value, bool | None):
        raise invalid(entered.place, "true or false")
    if content.type.startswith(_NUMBER):
        _check_number(entered.place, content)
    return content


def _type_of(entered: Entered, defined: FormField | None, known: FieldContent | None) -> str:
    """Choose the type: the one the lead has, else the form's; a single choice is a line of text."""
    if known is not None:
        return entered.type or known.type
    if defined is None:
        return entered.type or _SINGLE
    if defined.type.startswith(_LIST) and not defined.multi_select_allowed:
        return _SINGLE
    return defined.type


def _counted(entered: Entered, defined: FormField | None) -> Any:
    """Check kind and count; a list of one is one value where one is allowed, and the other way round."""
    value = entered.value
    if not isinstance(value, bool | str | list | None):
        raise invalid(entered.place, "a text, true or false, or a list of texts")
    texts = value if isinstance(value, list) else [value]
    if isinstance(value, list) and not all(isinstance(text, str) for text in texts):
        raise invalid(entered.place, "a list of texts")
    if sum(len(text) for text in texts if isinstance(text, str)) > LONGEST:
        raise invalid(entered.place, f"at most {LONGEST} characters")
    if defined is None:
        return value
    if defined.type.startswith(_LIST) and defined.multi_select_allowed:
        return [value] if isinstance(value, str) and value else value
    if isinstance(value, list) and len(value) > 1:
        raise invalid(entered.place, "at most one value")
    return (value[0] if value else None) if isinstance(value, list) else value


def _check_number(place: str, content: FieldContent) -> None:
    form = _NATURAL_FORM if content.type == _NATURAL else _NUMBER_FORM
    if content.value in (None, ""):
        return
    if not isinstance(content.value, str) or form.fullmatch(content.value) is None:
        raise invalid(place, "a number, written as a text")
