"""What the approvals page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.markets import Visibility


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One request that waits; own ones are readable but not decidable (four eyes)."""

    share_request_id: ShareRequestId
    name: str
    topic: str
    requester: str
    requester_id: str
    market: str
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: its value here, and what partners see before and after acceptance."""

    label: str
    value: str
    before: Visibility
    after: Visibility
    masked: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The request that is being read: what would leave the house, to how many, and why."""

    line: QueueLine
    reason: str
    partners: int
    window: timedelta
    leaving: tuple[FieldLine, ...]
    staying: tuple[FieldLine, ...]
    notes: int
    lead_serial: int
    lead_changed: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalsState:
    """``question`` is None while it loads, when it could not be read (``problem``) or when nothing waits.

    ``busy`` from the press until it is known what became of it.
    """

    now: datetime
    queue: tuple[QueueLine, ...] = ()
    chosen: ShareRequestId | None = None
    question: Question | None = None
    approved_today: int = 0
    rejected_today: int = 0
    busy: bool = False
    problem: str | None = None
