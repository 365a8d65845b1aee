"""How one lead lies in the mapping: its folded text, then its values, separated by one byte each.

``fold of the values`` SEPARATOR ``codes`` SEPARATOR ``orders`` SEPARATOR ``values`` – all UTF-8. Values that
are no plain text (choices, bools, a text with the separator in it) lie as JSON; which ones the codes tell.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.rows import FieldContent, FieldList
from leaddesk.store.leads.codes import INTEREST, ORDER, PROSPECT, FieldCodes, FieldKind
from leaddesk.store.search.folding import SEPARATOR, fold_clean

CODES, ORDERS, FACTS = 0, 1, 2
"""The places of the texts in front of the values, and how many there are."""
_ABSENT, _UNORDERED, _AS_SENT, _LISTED = "-012"
_PART = "\x1e"
_SEPARATOR = SEPARATOR.encode()
_BOOLS = {True: "true", False: "false"}

Blocks = tuple[FieldList | None, FieldList | None]


class Sheet(NamedTuple):
    """The texts of one lead: what lies in the mapping, and what is folded for the search."""

    body: str
    words: str

    def __repr__(self) -> str:
        return "<Sheet>"


def sheet_of(codes: FieldCodes, blocks: Blocks) -> Sheet:
    """Write down both blocks of a lead."""
    values, words, kinds = _plainly(codes, blocks)
    joined = SEPARATOR.join(words)
    if joined.count(SEPARATOR) >= max(1, len(words)) or _PART in joined:
        values, words, kinds = _carefully(codes, blocks)
        joined = SEPARATOR.join(words)
    return Sheet(SEPARATOR.join([kinds, _orders(codes, blocks), *values]), joined)


def _plainly(codes: FieldCodes, blocks: Blocks) -> tuple[list[str], list[str], str]:
    """Take texts as they are; 0.3 µs a field."""
    values: list[str] = []
    words: list[str] = []
    kinds: list[str] = []
    for number, block in enumerate(blocks):
        if block is None:
            continue
        plain, coded = codes.lately[number]
        for label, content in block.fields.items():
            value = content.value
            is_text = value.__class__ is str
            known = (plain if is_text else coded).get(label)
            if known is None or known[0] != content.type:
                known = (content.type, codes.code(FieldKind(number, label, content.type, not is_text)))
            kinds.append(known[1])
            values.append(value if is_text else _json(value))
            words.append(value if is_text else text_of(value))
    return values, words, "".join(kinds)


def _carefully(codes: FieldCodes, blocks: Blocks) -> tuple[list[str], list[str], str]:
    """Code also the texts that hold one of our separators."""
    values: list[str] = []
    words: list[str] = []
    kinds: list[str] = []
    for number, block in enumerate(blocks):
        for label, content in block.fields.items() if block is not None else ():
            plain = isinstance(content.value, str) and SEPARATOR not in content.value
            values.append(content.value if plain else _json(content.value))
            words.append(text_of(content.value).replace(SEPARATOR, " ").replace(_PART, " "))
            kinds.append(codes.code(FieldKind(number, label, content.type, not plain)))
    return values, words, "".join(kinds)


def _orders(codes: FieldCodes, blocks: Blocks) -> str:
    marks, listed = "", []
    for block in blocks:
        order = None if block is None else block.field_order
        if block is None or order is None:
            marks += _ABSENT if block is None else _UNORDERED
        elif order == list(block.fields):
            marks += _AS_SENT
        else:
            marks += _LISTED
            listed.append("".join([codes.code(FieldKind(ORDER, label, "", False)) for label in order]))
    return marks + _PART.join(listed)


def _json(value: Any) -> str:
    return _BOOLS[value] if isinstance(value, bool) else msgspec.json.encode(value).decode()


def text_of(value: Any) -> str:
    """Return what a person may search for and read of a value; nothing for a bool."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join([text_of(item) for item in value])
    return "" if value is None or isinstance(value, bool | dict) else str(value)


def fold_sheets(sheets: Sequence[Sheet]) -> list[bytes]:
    """Fold the texts of many leads in one go; each lies between separators, so its last byte has a pair."""
    if not sheets:
        return []
    folded = fold_clean(_PART.join([sheet.words for sheet in sheets])).split(_PART.encode())
    return [_SEPARATOR + text + _SEPARATOR for text in folded]


def blocks_of(codes: FieldCodes, texts: Sequence[str]) -> Blocks:
    """Put the two blocks together again, exactly as received, from all texts of a lead."""
    kinds, orders = codes.kinds(texts[CODES]), texts[ORDERS]
    listed = iter(orders[2:].split(_PART))
    made: list[FieldList | None] = []
    for number, mark in zip((PROSPECT, INTEREST), orders, strict=False):
        fields = {
            kind.label: FieldContent(kind.type, msgspec.json.decode(text) if kind.coded else text)
            for kind, text in zip(kinds, texts[FACTS:], strict=False)
            if kind.block == number
        }
        order = list(fields) if mark == _AS_SENT else None
        if mark == _LISTED:
            order = [kind.label for kind in codes.kinds(next(listed))]
        made.append(None if mark == _ABSENT else FieldList(fields, order))
    return made[0], made[1]
