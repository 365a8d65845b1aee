"""What is unsent as text, and back: entries whole, with keys and reasons, so that nothing is sent twice; and
begun notes, each with its lead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import StepChangeRequest
from leaddesk.contract.notes import NoteRequest
from leaddesk.contract.offers import DeclineRequest
from leaddesk.contract.sharing import ApproveRequest, CreateShareRequest, RejectRequest
from leaddesk.contract.wire import WireRequest
from leaddesk.desk import outcomes
from leaddesk.desk.sending.drafts import Draft, Drafts
from leaddesk.desk.sending.entries import Entry, EntryState, Kind, StepConflict
from leaddesk.personal.masked import Personal

Paper = dict[str, Any]

_REQUESTS: dict[Kind, type[WireRequest]] = {
    Kind.NOTE: NoteRequest,
    Kind.STEP: StepChangeRequest,
    Kind.SHARE: CreateShareRequest,
    Kind.APPROVE: ApproveRequest,
    Kind.REJECT: RejectRequest,
    Kind.DECLINE: DeclineRequest,
}
_FAILURES = {
    kind.__name__: kind
    for kind in (
        *(outcomes.Offline, outcomes.Unknown, outcomes.Refused, outcomes.Conflict),
        *(outcomes.Gone, outcomes.Unavailable, outcomes.Untrusted, outcomes.SessionOver),
    )
}


def write_entries(entries: Iterable[Entry]) -> list[Paper]:
    """Return entries as what JSON can say; revealed, hence only for what is sealed at once."""
    return [_written(entry) for entry in entries]


def read_entries(papers: Iterable[Paper]) -> tuple[Entry, ...]:
    """Return entries again. What was under way has an unknown outcome by now. Raises on foreign papers."""
    return tuple(_read(paper) for paper in papers)


def write_drafts(drafts: Drafts) -> list[Paper]:
    """Return begun notes as what JSON can say; hence only for what is sealed at once."""
    return [{"lead": lead, "words": draft.words, "intern": draft.intern} for lead, draft in drafts.all()]


def read_drafts(papers: Iterable[Paper]) -> tuple[tuple[LeadId, Draft], ...]:
    """Return begun notes again; only what says that it may leave the house does. Raises on foreign papers."""
    return tuple(
        (LeadId(_words(paper["lead"])), Draft(_words(paper["words"]), paper["intern"] is not False))
        for paper in papers
    )


def _words(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError("no text")
    return said


def _written(entry: Entry) -> Paper:
    conflict = entry.conflict
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "subject": entry.subject,
        "created_at": entry.created_at.isoformat(),
        "key": entry.key,
        "value": entry.value.reveal() if entry.value is not None else None,
        "before": entry.before,
        "serial": entry.serial,
        "intern": entry.intern,
        "may_wait": entry.may_wait,
        "state": entry.state,
        "request": entry.request.to_json().decode() if entry.request is not None else None,
        "conflict": _written_conflict(conflict) if conflict is not None else None,
        "failure": _written_failure(entry.failure) if entry.failure is not None else None,
    }


def _read(paper: Paper) -> Entry:
    facts = dict(paper)
    request, value, state = facts["request"], facts["value"], EntryState(facts["state"])
    kind = Kind(facts["kind"])
    entry = Entry(
        facts["entry_id"], kind, facts["subject"], datetime.fromisoformat(facts["created_at"]), facts["key"]
    )
    return replace(
        entry,
        value=Personal(value) if value is not None else None,
        before=facts["before"],
        serial=facts["serial"],
        intern=facts["intern"],
        may_wait=facts["may_wait"],
        state=EntryState.UNKNOWN if state is EntryState.SENT else state,
        request=_REQUESTS[kind].model_validate_json(request) if request is not None else None,
        conflict=_read_conflict(facts["conflict"]) if facts["conflict"] is not None else None,
        failure=_read_failure(facts["failure"]) if facts["failure"] is not None else None,
    )


def _written_conflict(conflict: StepConflict) -> Paper:
    by, at = conflict.theirs_by, conflict.theirs_at
    return {
        "mine": conflict.mine,
        "theirs": conflict.theirs,
        "theirs_by": by.reveal() if by is not None else None,
        "theirs_at": at.isoformat() if at is not None else None,
        "mine_at": conflict.mine_at.isoformat(),
    }


def _read_conflict(paper: Paper) -> StepConflict:
    by, at = paper["theirs_by"], paper["theirs_at"]
    return StepConflict(
        mine=paper["mine"],
        theirs=paper["theirs"],
        theirs_by=Personal(by) if by is not None else None,
        theirs_at=datetime.fromisoformat(at) if at is not None else None,
        mine_at=datetime.fromisoformat(paper["mine_at"]),
    )


def _written_failure(failure: outcomes.Failure) -> Paper:
    return {"kind": type(failure).__name__, **asdict(failure)}


def _read_failure(paper: Paper) -> outcomes.Failure:
    facts = dict(paper)
    kind = _FAILURES[facts.pop("kind")]
    if "reason" in facts:
        facts["reason"] = outcomes.Reason(facts["reason"])
    return kind(**facts)
