"""Errors as they travel: RFC 9457 problem details with a stable ``type``."""

from enum import StrEnum

from pydantic import Field

from leaddesk.contract.wire import WireModel

PROBLEM_MEDIA_TYPE = "application/problem+json"


class ProblemType(StrEnum):
    """Stable names; a client decides by these, never by the title."""

    INVALID_INPUT = "urn:leaddesk:problem:invalid-input"
    UNAUTHENTICATED = "urn:leaddesk:problem:unauthenticated"
    SIGN_IN_REFUSED = "urn:leaddesk:problem:sign-in-refused"
    SECOND_FACTOR_NEEDED = "urn:leaddesk:problem:second-factor-needed"
    STEP_UP_NEEDED = "urn:leaddesk:problem:step-up-needed"
    NETWORK_REFUSED = "urn:leaddesk:problem:network-refused"
    WEAK_PASSWORD = "urn:leaddesk:problem:weak-password"  # noqa: S105 - a name
    TICKET_OVER = "urn:leaddesk:problem:ticket-over"
    NO_MAIL = "urn:leaddesk:problem:no-mail"
    LOCKS_OUT = "urn:leaddesk:problem:locks-out"
    NAMES_UNAVAILABLE = "urn:leaddesk:problem:names-unavailable"
    LAST_ADMIN = "urn:leaddesk:problem:last-admin"
    FORBIDDEN = "urn:leaddesk:problem:forbidden"
    OWN_REQUEST = "urn:leaddesk:problem:own-request"
    NOT_FOUND = "urn:leaddesk:problem:not-found"
    STALE_SERIAL = "urn:leaddesk:problem:stale-serial"
    ALREADY_DECIDED = "urn:leaddesk:problem:already-decided"
    OFFER_ENDED = "urn:leaddesk:problem:offer-ended"
    ALREADY_OFFERED = "urn:leaddesk:problem:already-offered"
    LIMIT_REACHED = "urn:leaddesk:problem:limit-reached"
    WRONG_STATE = "urn:leaddesk:problem:wrong-state"
    QUARANTINED = "urn:leaddesk:problem:quarantined"
    ERASED = "urn:leaddesk:problem:erased"
    IDEMPOTENCY_KEY_REUSED = "urn:leaddesk:problem:idempotency-key-reused"
    IDEMPOTENCY_KEY_MISSING = "urn:leaddesk:problem:idempotency-key-missing"
    SECRET_ALREADY_SHOWN = "urn:leaddesk:problem:secret-already-shown"  # noqa: S105 - a name
    TOO_LARGE = "urn:leaddesk:problem:too-large"
    TOO_MANY_REQUESTS = "urn:leaddesk:problem:too-many-requests"
    METHOD_NOT_ALLOWED = "urn:leaddesk:problem:method-not-allowed"
    NOT_READY = "urn:leaddesk:problem:not-ready"
    ACCESS_LOG_UNAVAILABLE = "urn:leaddesk:problem:access-log-unavailable"
    STORAGE_UNAVAILABLE = "urn:leaddesk:problem:storage-unavailable"
    INTERNAL = "urn:leaddesk:problem:internal"


class Problem(WireModel):
    """``field`` names what was wrong, ``expected`` what was expected; personal data is never echoed.

    ``ticket``: of ``second-factor-needed``, what the next step is taken with.
    """

    type: str
    title: str
    status: int
    field: str | None = None
    expected: str | None = None
    current_serial: int | None = None
    ticket: str | None = Field(default=None, repr=False)
