"""One mutation in the outbox, from wish to answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from leaddesk.contract.wire import WireRequest
from leaddesk.personal.masked import Personal

if TYPE_CHECKING:
    from leaddesk.desk.outcomes import Failure


class Kind(StrEnum):
    """What is to be changed."""

    NOTE = "note"
    STEP = "step"
    REVEAL = "reveal"
    DELETE = "delete"
    SHARE = "share"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REJECT = "reject"
    ACCEPT = "accept"
    DECLINE = "decline"


QUEUEABLE = frozenset({Kind.NOTE, Kind.STEP})
"""What may wait for a connection; anything that shows data to others or decides must be done at once."""


class EntryState(StrEnum):
    """QUEUED waits, SENT is under way, UNKNOWN was sent without an answer and is asked again."""

    QUEUED = "queued"
    SENT = "sent"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    REFUSED = "refused"
    CONFIRMED = "confirmed"


class Side(StrEnum):
    """Whose version of a step shall count."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class StepConflict:
    """Two people moved one lead: what each chose, who the other is and when."""

    mine: str
    theirs: str
    theirs_by: Personal[str] | None
    theirs_at: datetime | None
    mine_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A mutation. ``value`` is the pending note or step, shown over what is confirmed, never written into it.

    ``may_wait``: a reveal that the tenant's policy allows without a connection; it has happened, so that it
    cannot be taken back. ``key`` is the idempotency key: kept while the outcome is unknown, new when the
    server has certainly not done it. ``serial`` is the lead serial the person saw, ``before`` the step.
    """

    entry_id: str
    kind: Kind
    subject: str
    created_at: datetime
    key: str
    value: Personal[str] | None = None
    before: str | None = None
    serial: int | None = None
    intern: bool = True
    may_wait: bool = False
    request: WireRequest | None = None
    state: EntryState = EntryState.QUEUED
    conflict: StepConflict | None = None
    failure: Failure | None = None

    def __repr__(self) -> str:
        return f"<Entry {self.kind} {self.state}>"

    @property
    def queueable(self) -> bool:
        """Whether it may wait for a connection."""
        return self.kind in QUEUEABLE or self.may_wait

    @property
    def under_way(self) -> bool:
        """Whether an answer is still to come; a conflict and a refusal wait for the person."""
        return self.state in {EntryState.QUEUED, EntryState.SENT, EntryState.UNKNOWN}

    def afresh(self, serial: int) -> Entry:
        """The same wish on a newer state; certainly not done yet, hence with a new key."""
        return replace(
            self, serial=serial, key=new_key(), state=EntryState.QUEUED, conflict=None, failure=None
        )


def wish(kind: Kind, subject: str, at: datetime, request: WireRequest | None = None) -> Entry:
    """Return a new entry with an id and a key of its own."""
    return Entry(new_key(), kind, subject, at, new_key(), request=request)


def new_key() -> str:
    """Return a new idempotency key."""
    return str(uuid.uuid4())
