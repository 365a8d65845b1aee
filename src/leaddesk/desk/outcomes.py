"""What became of a wish: a code and facts; the ui makes the sentence (house, "Errors climb the same stairs").

``code`` is the key of the wording, ``text("outcome." + outcome.code)``.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from leaddesk.api import errors
from leaddesk.api.errors import Obstacle
from leaddesk.contract.problems import ProblemType

T = TypeVar("T")


def obstacle_of(outcome: object) -> Obstacle | None:
    """Return what stands in the way, if that is known."""
    return getattr(outcome, "obstacle", None)


class Reason(StrEnum):
    """Why the server said no."""

    FORBIDDEN = "forbidden"
    OWN_REQUEST = "own-request"
    ALREADY_DECIDED = "already-decided"
    ALREADY_OFFERED = "already-offered"
    OFFER_ENDED = "offer-ended"
    INVALID = "invalid"
    TOO_MANY = "too-many"
    TOO_LARGE = "too-large"
    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"
    TICKET_OVER = "ticket-over"
    NETWORK = "network"
    STEP_UP = "step-up"
    WEAK_PASSWORD = "weak-password"  # noqa: S105 - a name
    NO_MAIL = "no-mail"
    LOCKS_OUT = "locks-out"
    LAST_ADMIN = "last-admin"
    NO_NAMES = "no-names"
    LIMIT = "limit"
    WRONG_STATE = "wrong-state"
    QUARANTINED = "quarantined"
    SHOWN_ONCE = "shown-once"
    OUR_FAULT = "our-fault"
    OTHER_PERSON = "other-person"
    KEY = "key"
    KEY_SHAPE = "key-shape"
    KEY_TOO_LONG = "key-too-long"
    KEY_READS_NOTHING = "key-reads-nothing"
    OTHER_KEY = "other-key"
    BROWSER_REFUSED = "browser-refused"
    BROWSER_LATE = "browser-late"
    NO_LOOPBACK = "no-loopback"
    CODE_OVER = "code-over"
    NOT_FRESH = "not-fresh"
    FIRM_AWAY = "firm-away"
    FIRM_ONLY = "firm-only"
    OTHER = "other"


@dataclass(frozen=True, slots=True, repr=False)
class Ok(Generic[T]):
    """It was done, or read."""

    value: T
    code = "ok"


@dataclass(frozen=True, slots=True)
class Queued:
    """Waits in the outbox and is sent when the connection is back."""

    entry_id: str
    code = "queued"


@dataclass(frozen=True, slots=True)
class Offline:
    """No connection; nothing was sent and nothing waits."""

    obstacle: Obstacle | None = None
    code = "offline"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, but no answer came; the outbox asks again with the same key."""

    entry_id: str
    code = "unknown"


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no. ``field`` and ``expected`` name what was wrong with an input."""

    reason: Reason
    field: str | None = None
    expected: str | None = None
    retry_after: float | None = None

    @property
    def code(self) -> str:
        """The key of the wording."""
        return f"refused.{self.reason}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody was quicker. With an entry id the outbox holds both versions."""

    entry_id: str | None = None
    current_serial: int | None = None
    code = "conflict"


@dataclass(frozen=True, slots=True)
class Gone:
    """Deleted, or no longer visible."""

    code = "gone"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The platform is down, or what answers is not it."""

    retry_after: float | None = None
    obstacle: Obstacle | None = None
    code = "unavailable"


@dataclass(frozen=True, slots=True)
class Untrusted:
    """The certificate is not accepted."""

    obstacle: Obstacle | None = None
    code = "untrusted"


@dataclass(frozen=True, slots=True)
class SessionOver:
    """Signed out, locked, or ended by the server."""

    code = "session-over"


Failure = Offline | Unknown | Refused | Conflict | Gone | Unavailable | Untrusted | SessionOver
Outcome = Ok[T] | Queued | Failure

_REASONS = {
    ProblemType.FORBIDDEN: Reason.FORBIDDEN,
    ProblemType.OWN_REQUEST: Reason.OWN_REQUEST,
    ProblemType.ALREADY_DECIDED: Reason.ALREADY_DECIDED,
    ProblemType.ALREADY_OFFERED: Reason.ALREADY_OFFERED,
    ProblemType.OFFER_ENDED: Reason.OFFER_ENDED,
    ProblemType.INVALID_INPUT: Reason.INVALID,
    ProblemType.TOO_LARGE: Reason.TOO_LARGE,
    ProblemType.SIGN_IN_REFUSED: Reason.SIGN_IN,
    ProblemType.SECOND_FACTOR_NEEDED: Reason.SECOND_FACTOR,
    ProblemType.TICKET_OVER: Reason.TICKET_OVER,
    ProblemType.NETWORK_REFUSED: Reason.NETWORK,
    ProblemType.STEP_UP_NEEDED: Reason.STEP_UP,
    ProblemType.WEAK_PASSWORD: Reason.WEAK_PASSWORD,
    ProblemType.NO_MAIL: Reason.NO_MAIL,
    ProblemType.LOCKS_OUT: Reason.LOCKS_OUT,
    ProblemType.LAST_ADMIN: Reason.LAST_ADMIN,
    ProblemType.NAMES_UNAVAILABLE: Reason.NO_NAMES,
    ProblemType.LIMIT_REACHED: Reason.LIMIT,
    ProblemType.WRONG_STATE: Reason.WRONG_STATE,
    ProblemType.QUARANTINED: Reason.QUARANTINED,
    ProblemType.SECRET_ALREADY_SHOWN: Reason.SHOWN_ONCE,
    ProblemType.TOO_MANY_REQUESTS: Reason.TOO_MANY,
    ProblemType.IDEMPOTENCY_KEY_REUSED: Reason.OUR_FAULT,
    ProblemType.IDEMPOTENCY_KEY_MISSING: Reason.OUR_FAULT,
    ProblemType.METHOD_NOT_ALLOWED: Reason.OUR_FAULT,
}
_DOWN = {
    ProblemType.NOT_READY,
    ProblemType.ACCESS_LOG_UNAVAILABLE,
    ProblemType.STORAGE_UNAVAILABLE,
    ProblemType.INTERNAL,
}
_GONE = {ProblemType.NOT_FOUND, ProblemType.ERASED}


def failure_of(error: errors.ApiError) -> Failure:
    """Turn an error of the api into an outcome."""
    if isinstance(error, errors.Refused):
        return _refusal(error)
    if isinstance(error, errors.SessionOver | errors.Superseded):
        return SessionOver()
    if isinstance(error, errors.Offline):
        return Offline(error.obstacle)
    if isinstance(error, errors.Untrusted):
        return Untrusted(error.obstacle)
    return Unavailable(getattr(error, "retry_after", None), error.obstacle)


def _refusal(error: errors.Refused) -> Failure:
    if isinstance(error, errors.Throttled):
        return Refused(Reason.TOO_MANY, retry_after=error.retry_after)
    if error.kind is ProblemType.STALE_SERIAL:
        return Conflict(current_serial=error.current_serial)
    if error.kind in _GONE or (error.kind is None and error.status in {404, 410}):
        return Gone()
    if error.kind is ProblemType.UNAUTHENTICATED:
        return SessionOver()
    if error.kind in _DOWN:
        return Unavailable()
    return _refused(error)


def _refused(error: errors.Refused) -> Refused:
    reason = _REASONS.get(error.kind, Reason.OTHER) if error.kind else Reason.OTHER
    if error.problem is None:
        return Refused(reason)
    return Refused(reason, error.problem.field, error.problem.expected)


async def outcome_of(asked: Awaitable[T]) -> Ok[T] | Failure:
    """Await an endpoint that changes nothing and return what became of it."""
    try:
        return Ok(await asked)
    except errors.ApiError as error:
        return failure_of(error)
