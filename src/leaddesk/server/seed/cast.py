"""The leads with a part to play: those of the tour, and those that markets already know."""

from datetime import datetime
from typing import Any

from leaddesk.contract.ids import CommissionId, LeadId, NoteId
from leaddesk.contract.rows import FieldContent, FieldList
from leaddesk.server.seed.leads.careers import Career, SeedNote
from leaddesk.server.seed.leads.drawn import DemoLead, Edit
from leaddesk.server.seed.leads.enquiries import encoded
from leaddesk.server.seed.sources import source
from leaddesk.server.seed.world import FormPlan, World, fixed_id

_MINUTE = 60_000

Types = dict[str, str]
"""The types of a block's fields by label."""


def named_id(key: str) -> LeadId:
    """Return the lead id of a named lead, ``"anna"`` or ``"deletable"``."""
    return LeadId(fixed_id(f"lead/{key}"))


def cast(world: World, base: datetime) -> list[DemoLead]:
    """Return the named leads of the first tenant, oldest first."""
    forms = {plan.row["name"]: plan for plan in world.forms_of("wagner")}
    now = int(base.timestamp() * 1000)
    leads = [_lead(row, forms[row["form"]], world, base, now) for row in source("cast")]
    return sorted(leads, key=lambda lead: lead.created)


def _lead(row: dict[str, Any], form: FormPlan, world: World, base: datetime, now: int) -> DemoLead:
    prospect, interest = _types(form.row["prospect"]), _types(form.row["interest"])
    return DemoLead(
        named_id(row["key"]),
        form,
        now - row["age"] * _MINUTE,
        encoded(_fields(row["prospect"], prospect, base)),
        encoded(_fields(row["interest"], interest, base)),
        _career(row, world, now),
        tuple(_note(row["key"], index, note, world, now) for index, note in enumerate(row.get("notes", ()))),
        tuple(_edit(edit, interest, world, now) for edit in row.get("edits", ())),
    )


def _types(asks: list[dict[str, Any]]) -> Types:
    return {ask["label"]: ask["type"] for ask in asks}


def _fields(values: dict[str, Any], types: Types, base: datetime) -> FieldList:
    contents = {}
    for label, value in values.items():
        told = value.format(next_year=base.year + 1) if isinstance(value, str) else value
        contents[label] = content_of(types, label, told)
    return FieldList(contents, list(contents))


def content_of(types: Types, label: str, value: Any) -> FieldContent:
    """Return a value with the type under which leads store it (contract, "Fields")."""
    kind = types[label]
    if kind.startswith("text:list"):
        kind = "text:list" if isinstance(value, list) else "text:singleline"
    return FieldContent(kind, value)


def _career(row: dict[str, Any], world: World, now: int) -> Career | None:
    if "responsible" not in row:
        return None
    steps = tuple((now - ago * _MINUTE, index) for index, ago in enumerate(row["steps"]))
    return Career(CommissionId(fixed_id(f"commission/{row['key']}")), world.person(row["responsible"]), steps)


def _note(key: str, index: int, row: list[Any], world: World, now: int) -> SeedNote:
    ago, author, text, intern = row
    note_id = NoteId(fixed_id(f"note/{key}/{index}"))
    return SeedNote(note_id, now - ago * _MINUTE, world.person(author), text, intern)


def _edit(row: list[Any], types: Types, world: World, now: int) -> Edit:
    ago, author, name, values = row
    before = {label: content_of(types, label, value) for label, value in values.items()}
    return Edit(now - ago * _MINUTE, world.person(author), name, before)
