"""``GET /notes``: the journals of all leads the caller may see, oldest first, in pages."""

from dataclasses import dataclass
from typing import Any

from leaddesk.contract.notes import Note
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal, unseal

_OWN_OR_UNASSIGNED = " AND (l.keeper IS NULL OR l.keeper = ?)"
_FROM = (
    " FROM event e JOIN lead l ON l.tenant_id = e.tenant_id AND l.id = e.stream_id"
    " WHERE e.tenant_id = ? AND e.kind = 'NoteAdded' AND e.at >= ?"
)


@dataclass(frozen=True, slots=True)
class Journal:
    """One page: its notes, how many there are in all, and where the next page begins."""

    notes: list[Note]
    total: int
    continuation: str | None


def journal(library: Library, caller: Caller, since: str, size: int, continuation: str | None) -> Journal:
    """Return one page. Raises ``Refused`` (invalid) for a continuation of another request."""
    bound_to = "\x1f".join(("notes", caller.tenant_id, caller.urn, str(caller.sees_all_leads), since))
    after = unseal(library.secret, bound_to, continuation) if continuation else ["", "0"]
    where, values = _where(caller, since)
    with library.reading(caller) as unit:
        total = unit.select(f"SELECT COUNT(*){where}", *values)[0][0]
        rows = unit.select(
            f"SELECT e.at, e.position, e.stream_id, e.version, e.kind, e.actor, e.key_id, e.payload{where}"
            " AND (e.at, e.position) > (?, ?) ORDER BY e.at, e.position LIMIT ?",
            *values,
            after[0],
            int(after[1]),
            size + 1,
        )
        names = Names(unit, library.directory)
        notes = [note for row in rows[:size] if (note := _note(unit, names, *row)) is not None]
    last = rows[size - 1] if len(rows) > size else None
    return Journal(notes, total, seal(library.secret, bound_to, [last[0], str(last[1])]) if last else None)


def _where(caller: Caller, since: str) -> tuple[str, tuple[str, ...]]:
    if caller.sees_all_leads:
        return _FROM, (since,)
    return _FROM + _OWN_OR_UNASSIGNED, (since, caller.urn)


def _note(unit: Unit, names: Names, at: str, _position: int, lead_id: str, *row: Any) -> Note | None:
    """Open one note; nothing where its lead was erased a moment ago."""
    version, kind, actor, *sealed = row
    event = unit.event(lead_id, version, kind, *sealed)
    if not isinstance(event, NoteAdded):
        return None
    return Note.model_validate(
        {
            "note_id": event.note_id,
            "lead_id": lead_id,
            "text": event.text,
            "intern": event.intern,
            "created_at": at,
            "modified_at": at,
            "author": actor,
            "author_name": names.of(actor),
        }
    )
