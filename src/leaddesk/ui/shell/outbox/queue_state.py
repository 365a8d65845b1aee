"""What the queue of waiting changes shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Waiting(StrEnum):
    """Where a change stands; the values are those of the desk's outbox and keys of words (outbox.state_…).

    BEGUN: a note that nobody has saved yet; it is in no outbox.
    """

    QUEUED = "queued"
    SENT = "sent"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    REFUSED = "refused"
    BEGUN = "begun"


@dataclass(frozen=True)
class WaitingChange:
    """One change that is not confirmed.

    ``kind``: key of its word (outbox.kind_…). ``subject``: whom it is about. ``before`` and ``after``: a
    step, or ``after`` alone: a note. ``time``: when it was made, in words. ``can_undo``: it was not sent yet.
    Of a begun note ``entry_id`` is the lead, and without ``can_undo`` there is no way there: it is gone.
    """

    entry_id: str
    kind: str
    subject: str = field(repr=False)
    time: str
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)
    state: Waiting = Waiting.QUEUED
    reason: str | None = None
    can_undo: bool = True


@dataclass(frozen=True)
class QueueState:
    """The pane: changes oldest first, then begun notes; and whether the server can be reached."""

    changes: tuple[WaitingChange, ...] = ()
    online: bool = False


@dataclass(frozen=True)
class ConflictState:
    """The same step changed by two: which one counts. ``notes``: own notes waiting for the same lead."""

    entry_id: str
    subject: str = field(repr=False)
    mine: str
    theirs: str
    mine_at: str
    theirs_at: str | None = None
    my_name: str = field(default="", repr=False)
    their_name: str | None = field(default=None, repr=False)
    notes: int = 0
    positions: tuple[tuple[int, int], tuple[int, int]] | None = None
