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
    """``question`` is None while it loads or when nothing waits."""

    now: datetime
    queue: tuple[QueueLine, ...] = ()
    chosen: ShareRequestId | None = None
    question: Question | None = None
    approved_today: int = 0
    rejected_today: int = 0
    busy: bool = False
    problem: str | None = None
