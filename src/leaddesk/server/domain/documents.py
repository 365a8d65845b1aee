"""What leaves the house: the market's visibility rule applied to a lead (measures A13, A17).

:func:`freeze` is the only way to a document for partners; the preview calls the very same function.
Labels without a rule stay in the house; ``chosen`` narrows the rule, never widens it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from leaddesk.contract.markets import FieldRule, ShareField, Visibility
from leaddesk.contract.rows import FieldContent, FieldList, LeadRow
from leaddesk.server.domain.events import Document, Granted, Line
from leaddesk.server.domain.naming import is_postcode, lead_name, lead_place, lead_title, shown

MASK = "••••"
_POSTCODE = re.compile(r"^(\d{3})\d{2}(?:\s|$)")


@dataclass(frozen=True, slots=True, repr=False)
class Frozen:
    """Both documents of one share."""

    before: Document
    after: Granted


def mask(value: str) -> str:
    """Shorten a value: a postcode keeps three digits (``24103 Kiel`` → ``241••``), all else is hidden."""
    postcode = _POSTCODE.match(value)
    return f"{postcode.group(1)}••" if postcode else MASK


def freeze(row: LeadRow, rules: Iterable[FieldRule], chosen: Collection[str] | None, market: str) -> Frozen:
    """Make both documents. ``market`` is the title where the rule hides what is wanted."""
    allowed = [rule for rule in rules if chosen is None or rule.label in chosen]
    values = dict(_values(row))
    lines = [(rule, values[rule.label]) for rule in allowed if rule.label in values]
    before = [
        _line(rule, value) for rule, value in lines if rule.before != "hidden" or rule.after == "visible"
    ]
    after = [Line(rule.label, "visible", value) for rule, value in lines if rule.after == "visible"]
    open_labels = {line.label for line in after}
    prospect, interest = _only(row.lead.prospect, open_labels), _only(row.lead.interest, open_labels)
    early = _as_shown(row.lead.prospect, before)
    wanted = _only(row.lead.interest, {line.label for line in before if line.state == "visible"})
    title_before = lead_title(wanted) or market
    title_after = lead_name(prospect) or lead_title(interest) or market
    return Frozen(
        Document(title_before, before, lead_place(early)),
        Granted(Document(title_after, after, lead_place(prospect)), prospect, interest),
    )


def share_fields(
    row: LeadRow, rules: Iterable[FieldRule], chosen: Collection[str] | None
) -> list[ShareField]:
    """List every value of the lead with what would become of it, those that stay in the house too."""
    by_label = {rule.label: rule for rule in rules if chosen is None or rule.label in chosen}
    return [_share_field(label, value, by_label.get(label)) for label, value in _values(row)]


def disclosed_labels(document: Document) -> list[str]:
    """Name the labels whose value, whole or shortened, is in a document."""
    return [line.label for line in document.fields if line.value is not None]


def labels_of(row: LeadRow) -> set[str]:
    """Name all labels of a lead."""
    return {label for label, _ in _values(row)}


def _share_field(label: str, value: str, rule: FieldRule | None) -> ShareField:
    before: Visibility = rule.before if rule else "hidden"
    after: Visibility = rule.after if rule else "hidden"
    return ShareField(label=label, value=value, before=before, after=after)


def _line(rule: FieldRule, value: str) -> Line:
    if rule.before == "hidden":
        return Line(rule.label, "hidden")
    return Line(rule.label, rule.before, mask(value) if rule.before == "masked" else value)


def _values(row: LeadRow) -> Iterator[tuple[str, str]]:
    for block in (row.lead.prospect, row.lead.interest):
        for label in block.labels() if block else ():
            value = shown(block.fields[label].value) if block else ""
            if value:
                yield label, value


def _only(block: FieldList | None, labels: Collection[str]) -> FieldList:
    if block is None:
        return FieldList({})
    order = [label for label in block.labels() if label in labels]
    return FieldList({label: block.fields[label] for label in order}, order)


def _as_shown(block: FieldList | None, lines: Iterable[Line]) -> FieldList:
    """Build the block as the document before acceptance shows it; of masked values postcodes only."""
    shown_lines = [
        line
        for line in lines
        if line.state == "visible" or (line.state == "masked" and is_postcode(line.label))
    ]
    mine = [line for line in shown_lines if block is not None and line.label in block.fields]
    return FieldList({line.label: FieldContent("text:singleline", line.value) for line in mine})
