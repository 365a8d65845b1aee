"""What the person is told about connection and loading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leaddesk.api.errors import Obstacle


class Phase(StrEnum):
    """POLLING: the server has no push; it is asked now and then. BROKEN: our own fault; all begins anew."""

    CONNECTING = "connecting"
    LIVE = "live"
    POLLING = "polling"
    OFFLINE = "offline"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Connection:
    """The phase, since when, when the next attempt is made, and what stands in the way if that is known."""

    phase: Phase
    since: datetime
    retry_at: datetime | None = None
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the load of all leads is. ``done``: complete, changes are followed."""

    loaded: int = 0
    total: int | None = None
    done: bool = False
    synced_at: datetime | None = None
