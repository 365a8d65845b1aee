"""Field lists of one lead after the recipe of its form: what is asked, how often it is answered, with what.

A recipe is compiled once into tables of 256 answers with gaps, each answer encoded as it travels; drawing a
lead then costs one index a field and no encoding (performance.md, P13).
"""

from functools import cache
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.rows import FieldContent
from leaddesk.server.seed.leads.contacts import Contact
from leaddesk.server.seed.leads.tables import Table
from leaddesk.server.seed.sources import source

DRAWS = 16
"""Random numbers of 8 bits that one enquiry takes."""

_FUEL = "Heizung heute"
_SLOTS = 256

encoded = msgspec.json.encode

Answers = tuple[bytes | None, ...]
"""``"label":{"type":…,"value":…}`` for each number of 8 bits."""


class Opening(NamedTuple):
    """An encoded label, and all of its field that stands before the value."""

    label: bytes
    field: bytes


class Wish(NamedTuple):
    """A product of a form: the family its texts come from, and the fields that are asked about it.

    ``fuels`` are the answers to what heats the house today, at field ``fuel``.
    """

    family: str
    labels: tuple[bytes, ...]
    answers: tuple[Answers, ...]
    fuel: int
    fuels: tuple[str | None, ...]


class Recipe(NamedTuple):
    """A form as it is filled in.

    ``firm`` is the share of companies of 65,536, ``message`` the free text, ``month`` a month to come, if the
    form asks for one; ``full_name`` tells that it asks for the name in one line.
    """

    firm: int
    full_name: bool
    prospect: tuple[tuple[Opening, int], ...]
    wishes: Table[Wish]
    message: Opening
    month: Opening | None


@cache
def compile_recipe(index: int, *, old: bool = False) -> Recipe:
    """Compile a form of ``forms.json``; ``old`` makes single choices arrays of one, as old leads do."""
    row = source("forms")["forms"][index]
    slots = {ask.get("from"): ask for ask in row["interest"]}
    return Recipe(
        firm=row["company"] * 65_536 // 100,
        full_name=any(ask["from"] == "name" for ask in row["prospect"]),
        prospect=tuple((_opening(ask), Contact._fields.index(ask["from"])) for ask in row["prospect"]),
        wishes=_wishes(row["interest"], slots.get("product"), old),
        message=_opening(slots["text"]),
        month=_opening(slots["month"]) if "month" in slots else None,
    )


def prospect_of(recipe: Recipe, contact: Contact, ordered: bool) -> bytes:
    """Encode the contact block; what the contact left out has no field."""
    fields = [opening[1] + value for opening, slot in recipe.prospect if (value := contact[slot])]
    order = [opening[0] for opening, slot in recipe.prospect if contact[slot]] if ordered else None
    return _block(b"},".join(fields) + b"}", order)


def interest_of(wish: Wish, d: bytes, late: list[tuple[Opening, str]], ordered: bool) -> bytes:
    """Encode the enquiry block from 16 numbers of 8 bits; ``late`` are the texts that come last."""
    fields = [field for answers, number in zip(wish.answers, d, strict=False) if (field := answers[number])]
    fields += [b"%b%b}" % (opening[1], encoded(text)) for opening, text in late]
    order = None
    if ordered:
        asked = zip(wish.labels, wish.answers, d, strict=False)
        order = [label for label, answers, number in asked if answers[number]]
        order += [opening[0] for opening, _ in late]
    return _block(b",".join(fields), order)


def fuel_of(wish: Wish, d: bytes) -> str | None:
    """Return what heats the house today, where it was asked and answered."""
    return wish.fuels[d[wish.fuel]] if wish.fuels else None


def field_of(label: str, content: FieldContent) -> bytes:
    """Encode one field as it stands in its list."""
    return encoded(label) + b":" + encoded(content)


def single(kind: str, value: str, old: bool) -> FieldContent:
    """Return one answer as leads store it: a choice is a text, in old leads an array of one."""
    if kind.startswith("text:list"):
        return FieldContent("text:list", [value]) if old else FieldContent("text:singleline", value)
    return FieldContent(kind, value)


def _block(fields: bytes, order: list[bytes] | None) -> bytes:
    """Put a field list together; its order may be absent (contract, "Values")."""
    if order is None:
        return b'{"fields":{%b}}' % fields
    return b'{"fields":{%b},"fieldOrder":[%b]}' % (fields, b",".join(order))


def _opening(ask: dict[str, Any]) -> Opening:
    kind = "text:singleline" if ask["type"] == "text:list" else ask["type"]
    label = encoded(ask["label"])
    return Opening(label, b'%b:{"type":"%b","value":' % (label, kind.encode()))


def _wishes(asks: list[dict[str, Any]], product: dict[str, Any] | None, old: bool) -> Table[Wish]:
    """Return the wishes of a form by weight; each brings its own name and budgets to the shared tables."""
    asked = {ask["label"]: _answers(ask, old) for ask in asks if "from" not in ask}
    rows = [ask for ask in asks if ask.get("from") not in ("text", "month")]
    labels = tuple(ask["label"] for ask in rows)
    fuel = labels.index(_FUEL) if _FUEL in labels else 0
    fuels = _fuels(rows[fuel]) if _FUEL in labels else ()
    wishes = []
    for name, weight in product["items"].items() if product else (("", 1),):
        family, *money = source("forms")["products"][name] if name else ("messe", 0, 0, 1)
        own = {} if product is None else {product["label"]: _named(product["label"], name, old)}
        own |= {ask["label"]: _budgets(ask["label"], *money) for ask in asks if ask.get("from") == "budget"}
        answers = tuple(own.get(label) or asked[label] for label in labels)
        wishes.append((Wish(family, tuple(map(encoded, labels)), answers, fuel, fuels), weight))
    return Table(wishes, _SLOTS)


def _named(label: str, product: str, old: bool) -> Answers:
    return (field_of(label, single("text:list", product, old)),) * _SLOTS


@cache
def _budgets(label: str, low: int, high: int, step: int) -> Answers:
    """Return budgets with gaps; they bunch at the low end, so the steps widen."""
    budgets: list[bytes | None] = [None] * 80
    for index in range(_SLOTS - 80):
        amount = low + int((high - low) * (index / 175) ** 1.6) // step * step
        budgets.append(field_of(label, FieldContent("number:natural", str(amount))))
    return tuple(budgets)


def _answers(ask: dict[str, Any], old: bool) -> Answers:
    """Return the slots of one field: gaps, and its possible answers by their shares."""
    choices: list[tuple[bytes | None, float]] = [(None, 100.0 - ask["filled"])]
    choices += [
        (field_of(ask["label"], content), share * ask["filled"]) for content, share in _choices(ask, old)
    ]
    return Table(choices, _SLOTS).slots


def _fuels(ask: dict[str, Any]) -> tuple[str | None, ...]:
    """Return what each slot of the field says."""
    said = (msgspec.json.decode(b"{%b}" % field) if field else {} for field in _answers(ask, old=False))
    return tuple(next((content["value"] for content in field.values()), None) for field in said)


def _choices(ask: dict[str, Any], old: bool) -> list[tuple[FieldContent, float]]:
    """Return the possible answers of one field; their shares add up to one."""
    kind = ask["type"]
    if "range" in ask:
        low, high, step = ask["range"]
        numbers = range(low, high + 1, max(step, (high - low) // 128 // step * step))
        return [(FieldContent(kind, str(number)), 1 / len(numbers)) for number in numbers]
    if "chance" in ask:
        chance = ask["chance"] / 100
        return [(FieldContent(kind, True), chance), (FieldContent(kind, False), 1 - chance)]
    items: dict[str, int] = ask["items"]
    total = sum(items.values())
    if ask.get("multi"):
        return [(FieldContent("text:list", names), share) for names, share in _several(items, total)]
    return [(single(kind, item, old), share / total) for item, share in items.items()]


def _several(items: dict[str, int], total: int) -> list[tuple[list[str], float]]:
    names = list(items)
    several = []
    for index, name in enumerate(names):
        share = items[name] / total
        others = names[:index] + names[index + 1 :]
        several += [([name], share * 0.6), ([name, others[index % len(others)]], share * 0.3)]
        several.append(([name, *others[:2]], share * 0.1))
    return several
