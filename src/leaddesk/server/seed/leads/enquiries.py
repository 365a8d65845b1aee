"""Field lists of one lead after the recipe of its form: what is asked, how often it is answered, with what.

A recipe is compiled once into tables of 256 ready values with gaps, one table a field; drawing a lead then
costs one index a field.
"""

from typing import Any, NamedTuple

from leaddesk.contract.rows import FieldContent, FieldList
from leaddesk.server.seed.leads.contacts import Contact, Content
from leaddesk.server.seed.leads.tables import Table
from leaddesk.server.seed.sources import source

DRAWS = 16
"""Random numbers of 8 bits that one enquiry takes."""

_FUEL = "Heizung heute"
_SLOTS = 256

Answers = tuple[Content, ...]


class Wish(NamedTuple):
    """A product of a form: the family its texts come from, and the fields that are asked about it."""

    family: str
    labels: tuple[str, ...]
    answers: tuple[Answers, ...]


class Recipe(NamedTuple):
    """A form as it is filled in.

    ``firm`` is the share of companies of 65,536, ``message`` the free text's label, ``month`` the label of a
    month to come, if the form asks for one; ``full_name`` tells that it asks for the name in one line.
    """

    firm: int
    full_name: bool
    prospect: tuple[tuple[str, int], ...]
    wishes: Table[Wish]
    message: str
    month: str | None


def compile_recipe(row: dict[str, Any], *, old: bool = False) -> Recipe:
    """Compile a row of ``forms.json``; ``old`` makes single choices arrays of one, as old leads hold them."""
    slots = {ask.get("from"): ask for ask in row["interest"]}
    product = slots.get("product")
    asked = {ask["label"]: _answers(ask, old) for ask in row["interest"] if "from" not in ask}
    return Recipe(
        firm=row["company"] * 65_536 // 100,
        full_name=any(ask["from"] == "name" for ask in row["prospect"]),
        prospect=tuple((ask["label"], Contact._fields.index(ask["from"])) for ask in row["prospect"]),
        wishes=_wishes(row, product, asked, old) if product else _one_wish(asked),
        message=slots["text"]["label"],
        month=slots["month"]["label"] if "month" in slots else None,
    )


def prospect_of(asks: tuple[tuple[str, int], ...], contact: Contact) -> dict[str, FieldContent]:
    """Fill the contact block; what the contact left out has no field."""
    return {label: content for label, slot in asks if (content := contact[slot]) is not None}


def interest_of(wish: Wish, d: tuple[int, ...]) -> dict[str, FieldContent]:
    """Fill the enquiry block, but for its message, from 16 numbers of 8 bits."""
    return {
        label: content
        for label, answers, number in zip(wish.labels, wish.answers, d, strict=False)
        if (content := answers[number]) is not None
    }


def fuel_of(fields: dict[str, FieldContent]) -> str | None:
    """Return what heats the house today, where it was asked and answered."""
    content = fields.get(_FUEL)
    if content is None:
        return None
    fuel: str = content.value if isinstance(content.value, str) else content.value[0]
    return fuel


def field_list(fields: dict[str, FieldContent], ordered: bool) -> FieldList:
    """Return the block as it is stored; the order may be absent (contract, "Values")."""
    return FieldList(fields, list(fields) if ordered else None)


def single(kind: str, value: str, old: bool) -> FieldContent:
    """Return one answer as leads store it: a choice is a text, in old leads an array of one."""
    if kind.startswith("text:list"):
        return FieldContent("text:list", [value]) if old else FieldContent("text:singleline", value)
    return FieldContent(kind, value)


def _one_wish(asked: dict[str, Answers]) -> Table[Wish]:
    return Table([(Wish("messe", tuple(asked), tuple(asked.values())), 1)], 1)


def _wishes(
    row: dict[str, Any], product: dict[str, Any], asked: dict[str, Answers], old: bool
) -> Table[Wish]:
    """Return the wishes of a form by weight; a wish brings its own name and budgets to the shared tables."""
    wishes = []
    for name, weight in product["items"].items():
        family, *money = source("forms")["products"][name]
        own = {"product": (single("text:list", name, old),) * _SLOTS, "budget": _budgets(*money)}
        rows = [ask for ask in row["interest"] if ask.get("from") not in ("text", "month")]
        answers = tuple(own[ask["from"]] if "from" in ask else asked[ask["label"]] for ask in rows)
        wishes.append((Wish(family, tuple(ask["label"] for ask in rows), answers), weight))
    return Table(wishes, _SLOTS)


def _budgets(low: int, high: int, step: int) -> Answers:
    """Return budgets with gaps; they bunch at the low end, so the steps widen."""
    budgets: list[Content] = [None] * 80
    for index in range(_SLOTS - 80):
        amount = low + int((high - low) * (index / 175) ** 1.6) // step * step
        budgets.append(FieldContent("number:natural", str(amount)))
    return tuple(budgets)


def _answers(ask: dict[str, Any], old: bool) -> Answers:
    """Return the slots of one field: gaps, and its possible answers by their shares."""
    choices: list[tuple[Content, float]] = [(None, 100.0 - ask["filled"])]
    choices += [(content, share * ask["filled"]) for content, share in _choices(ask, old)]
    return Table(choices, _SLOTS).slots


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
