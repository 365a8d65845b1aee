"""The journal of a lead."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read, read_all
from leaddesk.contract.ids import LeadId
from leaddesk.contract.notes import Note, NoteRequest


async def list_notes(client: ApiClient, lead: LeadId) -> tuple[Note, ...]:
    """Return a lead's notes, newest first."""
    return read_all(Note, (await client.ask(Call("GET", path("/leads/{}/notes", lead)))).body)


async def add_note(client: ApiClient, lead: LeadId, note: NoteRequest, key: str) -> Note:
    """Append a note, once per idempotency key."""
    call = Call("POST", path("/leads/{}/notes", lead), body=note, key=key)
    return read(Note, (await client.ask(call)).body)
