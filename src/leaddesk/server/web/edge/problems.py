"""Errors as RFC 9457 problems: one exception, one table of statuses, one way out.

A problem names the field and what was expected; a value from the request is never echoed (guarantee A8).
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ExceptionHandler

from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, Problem, ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.identity.choosing.rule import WeakPassword
from leaddesk.server.identity.refusals import (
    NetworkRefused,
    SecondFactorNeeded,
    SignInRefused,
    StepUpNeeded,
    Throttled,
    TicketOver,
    Unauthenticated,
)
from leaddesk.server.oversight.access_log import AccessLogUnavailable

STATUS: Mapping[ProblemType, tuple[int, str]] = MappingProxyType(
    {
        ProblemType.INVALID_INPUT: (400, "The request is not understood"),
        ProblemType.IDEMPOTENCY_KEY_MISSING: (400, "The header Idempotency-Key is missing"),
        ProblemType.WEAK_PASSWORD: (400, "This password is not taken"),
        ProblemType.UNAUTHENTICATED: (401, "Sign in first"),
        ProblemType.SIGN_IN_REFUSED: (401, "E-mail and password do not match"),
        ProblemType.SECOND_FACTOR_NEEDED: (401, "The password is right; a second factor is needed, too"),
        ProblemType.STEP_UP_NEEDED: (403, "Show once more who you are first"),
        ProblemType.NETWORK_REFUSED: (403, "This is not asked from a network that may come in"),
        ProblemType.FORBIDDEN: (403, "This right is missing"),
        ProblemType.OWN_REQUEST: (403, "Nobody decides on a request of their own"),
        ProblemType.NOT_FOUND: (404, "There is nothing here"),
        ProblemType.METHOD_NOT_ALLOWED: (405, "This method is not offered here"),
        ProblemType.STALE_SERIAL: (409, "It has changed in the meantime"),
        ProblemType.ALREADY_DECIDED: (409, "This has been decided before"),
        ProblemType.OFFER_ENDED: (409, "This offer has ended"),
        ProblemType.ALREADY_OFFERED: (409, "This lead is on offer already"),
        ProblemType.SECRET_ALREADY_SHOWN: (409, "The secret was shown once and is not kept"),
        ProblemType.WRONG_STATE: (409, "Its state does not allow this"),
        ProblemType.LIMIT_REACHED: (409, "There are as many as there may be"),
        ProblemType.NO_MAIL: (409, "This server sends no mail"),
        ProblemType.LOCKS_OUT: (409, "Whoever asks would be locked out by this"),
        ProblemType.LAST_ADMIN: (409, "Nobody would be left who may do this"),
        ProblemType.QUARANTINED: (409, "The virus scanner has not let this out"),
        ProblemType.ERASED: (410, "This has been erased"),
        ProblemType.TICKET_OVER: (410, "This was used or its time is over"),
        ProblemType.TOO_LARGE: (413, "The request is too large"),
        ProblemType.IDEMPOTENCY_KEY_REUSED: (422, "This key belongs to another request"),
        ProblemType.TOO_MANY_REQUESTS: (429, "Too many requests"),
        ProblemType.INTERNAL: (500, "The server failed"),
        ProblemType.NOT_READY: (503, "The server does not serve yet"),
        ProblemType.STORAGE_UNAVAILABLE: (503, "The database does not answer at the moment; ask again"),
        ProblemType.NAMES_UNAVAILABLE: (503, "The domain name system does not answer at the moment"),
        ProblemType.ACCESS_LOG_UNAVAILABLE: (503, "What is read cannot be recorded at the moment"),
    }
)
"""Every problem type with its HTTP status and its title, for developers; people read the client's words."""

_CHALLENGE = {"www-authenticate": "Bearer"}


class ProblemError(Refused):
    """A refusal of the web floor itself; it may carry headers."""

    def __init__(
        self,
        kind: ProblemType,
        *,
        field: str | None = None,
        expected: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind, field=field, expected=expected)
        self.headers = dict(headers or {})


def invalid(field: str, expected: str) -> ProblemError:
    """Malformed or unknown input: always 400, naming the field and what was expected there."""
    return ProblemError(ProblemType.INVALID_INPUT, field=field, expected=expected)


def not_found() -> ProblemError:
    """Not there, or not visible to this caller: the same answer."""
    return ProblemError(ProblemType.NOT_FOUND)


def forbidden() -> ProblemError:
    """Visible, but a right is missing."""
    return ProblemError(ProblemType.FORBIDDEN)


def problem_response(error: Refused, ticket: str | None = None) -> Response:
    """Write a problem as it travels; ``ticket``: what the next step is taken with."""
    status, title = STATUS[error.kind]
    problem = Problem(
        type=error.kind,
        title=title,
        status=status,
        field=error.field,
        expected=error.expected,
        current_serial=error.current_serial,
        ticket=ticket,
    )
    headers = dict(_CHALLENGE) if status == HTTPStatus.UNAUTHORIZED else {}
    if isinstance(error, ProblemError):
        headers |= error.headers
    return Response(problem.to_json(), status, headers, PROBLEM_MEDIA_TYPE)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem_response(error)


async def _unauthenticated(_request: Request, _error: Exception) -> Response:
    return problem_response(ProblemError(ProblemType.UNAUTHENTICATED))


async def _sign_in_refused(_request: Request, _error: Exception) -> Response:
    return problem_response(ProblemError(ProblemType.SIGN_IN_REFUSED))


async def _second_factor(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SecondFactorNeeded)
    return problem_response(ProblemError(ProblemType.SECOND_FACTOR_NEEDED), error.ticket.reveal())


async def _network_refused(_request: Request, _error: Exception) -> Response:
    return problem_response(ProblemError(ProblemType.NETWORK_REFUSED))


async def _step_up(_request: Request, error: Exception) -> Response:
    """Say it in the words of RFC 9470, 3, too; its 401 would have clients fetch another token."""
    assert isinstance(error, StepUpNeeded)
    told = f'Bearer error="insufficient_user_authentication", max_age="{error.max_age}"'
    headers = {"www-authenticate": told}
    return problem_response(ProblemError(ProblemType.STEP_UP_NEEDED, headers=headers))


async def _ticket_over(_request: Request, _error: Exception) -> Response:
    return problem_response(ProblemError(ProblemType.TICKET_OVER))


async def _weak(_request: Request, error: Exception) -> Response:
    """``expected`` is a code that clients have words for."""
    assert isinstance(error, WeakPassword)
    weak = ProblemError(ProblemType.WEAK_PASSWORD, field="password", expected=error.weakness.value)
    return problem_response(weak)


async def _throttled(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Throttled)
    headers = {"retry-after": str(error.retry_after)}
    return problem_response(ProblemError(ProblemType.TOO_MANY_REQUESTS, headers=headers))


async def _unrecorded(_request: Request, _error: Exception) -> Response:
    headers = {"retry-after": "1"}
    return problem_response(ProblemError(ProblemType.ACCESS_LOG_UNAVAILABLE, headers=headers))


async def _unavailable(_request: Request, _error: Exception) -> Response:
    """Whether a change counted may not be known: the same request with the same key tells."""
    headers = {"retry-after": "1"}
    return problem_response(ProblemError(ProblemType.STORAGE_UNAVAILABLE, headers=headers))


async def _http(request: Request, error: Exception) -> Response:
    """Starlette's own: no route, or none for this method (``Allow`` then names all that there are)."""
    assert isinstance(error, HTTPException)
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(not_found())
    methods: set[str] = set()
    for route in request.app.routes:
        match, _ = route.matches(request.scope)
        methods |= route.methods if match is not Match.NONE else set()
    allow = {"allow": ", ".join(sorted(methods))}
    return problem_response(ProblemError(ProblemType.METHOD_NOT_ALLOWED, headers=allow))


HANDLERS: Mapping[type[Exception], ExceptionHandler] = MappingProxyType(
    {
        Refused: _refused,
        Unauthenticated: _unauthenticated,
        SignInRefused: _sign_in_refused,
        SecondFactorNeeded: _second_factor,
        NetworkRefused: _network_refused,
        StepUpNeeded: _step_up,
        TicketOver: _ticket_over,
        WeakPassword: _weak,
        Throttled: _throttled,
        AccessLogUnavailable: _unrecorded,
        StorageUnavailable: _unavailable,
        HTTPException: _http,
    }
)
"""What the application registers; everything else is :mod:`leaddesk.server.web.edge.gate`'s."""
