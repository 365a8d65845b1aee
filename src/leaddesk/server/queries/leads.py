"""One lead in full, and its journal."""

from typing import Any

import msgspec

from leaddesk.contract.leads import Form, Lead
from leaddesk.contract.notes import Note
from leaddesk.contract.rows import FieldList, LeadRow
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import full_row
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.library import Library, visible_lead


def lead(library: Library, caller: Caller, lead_id: str) -> Lead:
    """Return a lead with both blocks and the labels its form requires. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        state = visible_lead(unit, caller, lead_id)
        full = full_row(unit, state)
        required = _required(unit, state.form_id)
    row: dict[str, Any] = msgspec.to_builtins(full)
    head = {name: value for name, value in row["lead"].items() if name not in required}
    blocks = {name: _block(row["lead"].get(name), block, required[name]) for name, block in _blocks(full)}
    return Lead.model_validate({**row, "lead": head, **blocks})


def notes(library: Library, caller: Caller, lead_id: str) -> list[Note]:
    """Return the journal, newest first, with the authors' names."""
    with library.reading(caller) as unit:
        visible_lead(unit, caller, lead_id)
        names = Names(unit, library.directory)
        found = [one for one in unit.stream(lead_id) if isinstance(one.event, NoteAdded)]
        return [_note(one, names) for one in reversed(found)]


def note(library: Library, caller: Caller, lead_id: str, note_id: str) -> Note:
    """Return one entry of the journal. Raises ``Refused`` (not found)."""
    for entry in notes(library, caller, lead_id):
        if entry.note_id == note_id:
            return entry
    raise not_found()


def note_count(stream: list[Recorded]) -> int:
    """Count the entries of a journal."""
    return sum(isinstance(recorded.event, NoteAdded) for recorded in stream)


def _note(recorded: Recorded, names: Names) -> Note:
    event = recorded.event
    assert isinstance(event, NoteAdded)
    return Note.model_validate(
        {
            "note_id": event.note_id,
            "text": event.text,
            "intern": event.intern,
            "created_at": recorded.at,
            "modified_at": recorded.at,
            "author": recorded.actor,
            "author_name": names.of(recorded.actor),
        }
    )


def _blocks(row: LeadRow) -> tuple[tuple[str, FieldList | None], ...]:
    return ("prospect", row.lead.prospect), ("interest", row.lead.interest)


def _block(sent: dict[str, Any] | None, block: FieldList | None, required: list[str]) -> dict[str, Any]:
    """Write a block in full: its order too, which a stored list may leave to that of its fields."""
    order = block.labels() if block else []
    return {"fields": {}, **(sent or {}), "fieldOrder": order, "required": required}


def _required(unit: Unit, form_id: str | None) -> dict[str, list[str]]:
    doc = references.one_of(unit, references.FORM, form_id) if form_id else None
    if doc is None:
        return {"prospect": [], "interest": []}
    definition = Form.model_validate_json(doc).definition
    return {"prospect": definition.prospect.required, "interest": definition.interest.required}
