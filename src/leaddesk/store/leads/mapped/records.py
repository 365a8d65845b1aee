"""How one lead lies in the mapping: its folded text, then its values, separated by one byte each.

``fold of the values`` SEPARATOR ``codes`` SEPARATOR ``orders`` SEPARATOR ``values`` – all UTF-8. A value that
is no plain text follows a MARK, which no text holds. Values are written so that what is searched is the fold
of what is kept: one string is made of each lead, and a slice of leads is folded in one go.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.rows import FieldContent, FieldList
from leaddesk.store.leads.mapped.codes import INTEREST, ORDER, PROSPECT, FieldCodes, FieldKind
from leaddesk.store.search.folding import SEPARATOR, fold_clean

CODES, ORDERS, FACTS = 0, 1, 2
"""The places of the texts in front of the values, and how many there are."""
_ABSENT, _UNORDERED, _AS_SENT, _LISTED = "-012"
_PART = "\x1e"
_MARK = "\x1d"
_SEPARATOR = SEPARATOR.encode()

_CONSTANTS: dict[object, str] = {True: _MARK + "\t", False: _MARK + "\n", None: _MARK + "\r"}
_CONSTANT_OF = {text: value for value, text in _CONSTANTS.items()}
"""Marked by white space, which no term of a query holds: nobody finds a lead by a yes."""
_CHOICES = _MARK + "\f"
_JSON = _MARK + "\v"

Blocks = tuple[FieldList | None, FieldList | None]


class Sheets(NamedTuple):
    """A slice of leads: what is searched of each, and what is kept. Holds personal values; never kept."""

    folds: list[bytes]
    bodies: list[bytes]

    def __repr__(self) -> str:
        return "<Sheets>"


class _Unusual(Exception):
    """A value that is neither text nor choice nor yes or no."""


def sheets_of(codes: FieldCodes, leads: Sequence[Blocks]) -> Sheets:
    """Write down the blocks of many leads."""
    heads: list[str] = []
    values: list[list[Any]] = []
    for prospect, interest in leads:
        held: list[Any] = []
        heads.append(_head(codes, prospect, interest, held))
        values.append(held)
    try:
        texts, words = _plainly(values)
    except _Unusual:
        texts, words = _carefully(values)
    folded = fold_clean(words).split(_PART.encode())
    bodies = [(head + text).encode("utf-8", "surrogatepass") for head, text in zip(heads, texts, strict=True)]
    return Sheets([_SEPARATOR + text + _SEPARATOR for text in folded], bodies)


def _head(codes: FieldCodes, prospect: FieldList | None, interest: FieldList | None, held: list[Any]) -> str:
    """Return what stands in front of the values of a lead, which are added to ``held``."""
    contact, mark, order = _described(codes, PROSPECT, prospect, held)
    enquiry, second, other = _described(codes, INTEREST, interest, held)
    head = contact + enquiry + SEPARATOR + mark + second
    if order is not None or other is not None:
        head += _PART.join([listed for listed in (order, other) if listed is not None])
    return head + SEPARATOR


def _described(
    codes: FieldCodes, number: int, block: FieldList | None, held: list[Any]
) -> tuple[str, str, str | None]:
    """Return the codes of a block, the mark of its order, and the order itself where it is another one."""
    if block is None:
        return "", _ABSENT, None
    fields, order = block.fields, block.field_order
    shape = codes.shape(number, fields)
    held += [content.value for content in fields.values()]
    if order is None:
        return shape.codes, _UNORDERED, None
    if order == shape.labels:
        return shape.codes, _AS_SENT, None
    return shape.codes, _LISTED, "".join([codes.code(FieldKind(ORDER, label, "")) for label in order])


class _Marker:
    """Marks what is no plain text, and counts the marks."""

    def __init__(self) -> None:
        self.count = 0

    def mark(self, value: Any) -> str:
        if value is True or value is False or value is None:
            self.count += 1
            return _CONSTANTS[value]
        if value.__class__ is list and value and all(item.__class__ is str for item in value):
            self.count += len(value)
            return _CHOICES + _MARK.join(value)
        raise _Unusual


def _plainly(values: list[list[Any]]) -> tuple[list[str], str]:
    """Join the values of each lead, and all leads to one string. Raises :class:`_Unusual`.

    Counting tells whether a value holds one of our separators: much cheaper than looking into each.
    """
    marker = _Marker()
    mark = marker.mark
    texts = [
        SEPARATOR.join([value if value.__class__ is str else mark(value) for value in held])
        for held in values
    ]
    joined = _PART.join(texts)
    gaps = sum(map(len, values)) - sum(map(bool, values))
    if (joined.count(SEPARATOR), joined.count(_PART), joined.count(_MARK)) != (
        gaps,
        len(values) - 1,
        marker.count,
    ):
        raise _Unusual
    return texts, joined


def _carefully(values: list[list[Any]]) -> tuple[list[str], str]:
    """Do the same with values of any kind: those that are neither text nor choices lie as JSON."""
    texts = [SEPARATOR.join(map(_written, held)) for held in values]
    words = [SEPARATOR.join(map(_searched, held)) for held in values]
    return texts, _PART.join(words)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and not any(char in value for char in (SEPARATOR, _PART, _MARK))


def _written(value: Any) -> str:
    if _is_plain(value):
        return str(value)
    return _JSON + msgspec.json.encode(value).decode()


def _searched(value: Any) -> str:
    text = text_of(value)
    for char in (SEPARATOR, _PART, _MARK):
        text = text.replace(char, " ")
    return text


def text_of(value: Any) -> str:
    """Return what a person may search for and read of a value; nothing for a bool."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join([text_of(item) for item in value])
    return "" if value is None or isinstance(value, bool | dict) else str(value)


def value_of(text: str) -> Any:
    """Return the value as it was received."""
    if not text.startswith(_MARK):
        return text
    if text.startswith(_CHOICES):
        return text[len(_CHOICES) :].split(_MARK)
    return msgspec.json.decode(text[len(_JSON) :]) if text.startswith(_JSON) else _CONSTANT_OF[text]


def blocks_of(codes: FieldCodes, texts: Sequence[str]) -> Blocks:
    """Put the two blocks together again, exactly as received, from all texts of a lead."""
    kinds, orders = codes.kinds(texts[CODES]), texts[ORDERS]
    listed = iter(orders[2:].split(_PART))
    made: list[FieldList | None] = []
    for number, mark in zip((PROSPECT, INTEREST), orders, strict=False):
        fields = {
            kind.label: FieldContent(kind.type, value_of(text))
            for kind, text in zip(kinds, texts[FACTS:], strict=False)
            if kind.block == number
        }
        order = list(fields) if mark == _AS_SENT else None
        if mark == _LISTED:
            order = [kind.label for kind in codes.kinds(next(listed))]
        made.append(None if mark == _ABSENT else FieldList(fields, order))
    return made[0], made[1]
