"""The journal of a lead, newest first; internal notes never cross to another tenant."""

from typing import Annotated

from pydantic import StringConstraints

from leaddesk.contract.ids import LeadId, NoteId, Urn
from leaddesk.contract.patterns import SAID
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest


class Note(WireModel):
    """One entry of ``GET /leads/{id}/notes``; ``leadId`` is there on ``GET /notes`` only."""

    note_id: NoteId
    text: str
    intern: bool
    created_at: Timestamp
    modified_at: Timestamp
    lead_id: LeadId | None = None
    author: Urn | None = None
    author_name: str | None = None


class NoteRequest(WireRequest):
    """``POST /leads/{id}/notes``."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True, pattern=SAID)
    ]
    intern: bool = True
