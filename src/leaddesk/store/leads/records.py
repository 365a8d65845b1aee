"""How one lead lies in the mapping: its folded text, then its values, separated by one byte each.

``fold of the values`` SEPARATOR ``four facts and the values`` – all UTF-8. Values that are not plain text
(choices, bools, a text with the separator in it) lie as JSON; which ones is part of the shape.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.rows import FieldContent, FieldList, LeadRow
from leaddesk.store.leads.codes import BlockKey, Shape
from leaddesk.store.search.folding import SEPARATOR, fold_clean

FACTS = 4
"""Texts in front of the values: lead.modifiedAt, commissionId, startedAt, closedAt; empty when absent."""
_BETWEEN_LEADS = "\x1e"
_SEPARATOR = SEPARATOR.encode()


class Sheet(NamedTuple):
    """The texts of one row: facts, values, and which values were coded as JSON."""

    facts: str
    values: str
    coded: tuple[int, ...]
    searchable: str | None
    """What to fold instead of ``values``, where some of them are coded."""

    def body(self) -> bytes:
        """Return facts and values as they lie in the mapping."""
        return f"{self.facts}{SEPARATOR}{self.values}".encode("utf-8", "surrogatepass")


def sheet_of(row: LeadRow, prospect: FieldList | None, interest: FieldList | None) -> Sheet:
    """Write down a row with these blocks."""
    values: list[Any] = []
    for block in (prospect, interest):
        if block is not None:
            values.extend([content.value for content in block.fields.values()])
    facts = _facts(row)
    try:
        joined = SEPARATOR.join(values)
    except TypeError:
        return _coded_sheet(facts, values)
    if joined.count(SEPARATOR) != max(0, len(values) - 1) or _BETWEEN_LEADS in joined:
        return _coded_sheet(facts, values)
    return Sheet(facts, joined, (), None)


def _facts(row: LeadRow) -> str:
    work = row.commission
    facts = [row.lead.modified_at, "", "", ""]
    if work is not None:
        facts[1:] = [work.commission_id, work.started_at, work.closed_at or ""]
    joined = SEPARATOR.join(facts)
    if joined.count(SEPARATOR) != FACTS - 1:
        joined = SEPARATOR.join([fact.replace(SEPARATOR, " ") for fact in facts])
    return joined


def _coded_sheet(facts: str, values: Sequence[Any]) -> Sheet:
    plain = [isinstance(value, str) and SEPARATOR not in value for value in values]
    texts = [
        value if good else msgspec.json.encode(value).decode()
        for value, good in zip(values, plain, strict=True)
    ]
    words = [text_of(value).replace(SEPARATOR, " ").replace(_BETWEEN_LEADS, " ") for value in values]
    coded = tuple([index for index, good in enumerate(plain) if not good])
    return Sheet(facts, SEPARATOR.join(texts), coded, SEPARATOR.join(words))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


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
    texts = [sheet.values if sheet.searchable is None else sheet.searchable for sheet in sheets]
    folded = fold_clean(_BETWEEN_LEADS.join(texts)).split(_BETWEEN_LEADS.encode())
    return [_SEPARATOR + text + _SEPARATOR for text in folded]


def blocks_of(shape: Shape, values: Sequence[Any]) -> tuple[FieldList | None, FieldList | None]:
    """Put the two blocks together again, exactly as received."""
    prospect, interest, _ = shape.key
    return _block(prospect, values[: shape.split]), _block(interest, values[shape.split :])


def _block(key: BlockKey, values: Sequence[Any]) -> FieldList | None:
    labels, types, order = key
    if labels is None:
        return None
    contents = map(FieldContent, types, values)
    return FieldList(dict(zip(labels, contents, strict=True)), None if order is None else list(order))
