"""From what httpx met, or what an answer says, to one of our errors."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from pydantic import ValidationError

from leaddesk.api.body import read_whole
from leaddesk.api.errors import (
    ApiError,
    GrantRefused,
    Interrupted,
    Malformed,
    Obstacle,
    Offline,
    Portal,
    Redirected,
    Refused,
    Throttled,
    TimedOut,
    Unavailable,
    Untrusted,
    retry_after,
)
from leaddesk.api.library import httpx
from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, Problem
from leaddesk.contract.signin import OAuthError

_PROBLEM_BYTES = 64 * 1024
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_DATED = frozenset({9, 10, 0x800B0101, -67818, -67819})
"""Not valid yet, or no more: OpenSSL's two codes, Windows' one, macOS' two."""

_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def translate(failure: Exception) -> ApiError:
    """Turn an httpx failure into ours; only a failed connection is certain not to have been sent."""
    if isinstance(failure, _UNSENT):
        return _unsent(failure)
    if isinstance(failure, httpx.TimeoutException):
        return TimedOut()
    if isinstance(failure, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Malformed()
    return Interrupted()


def _unsent(failure: Exception) -> ApiError:
    """A line without TLS is somebody else's; one that was cut while shaking hands is no line."""
    refused = next((one for one in _chain(failure) if isinstance(one, ssl.SSLError)), None)
    if refused is None or isinstance(refused, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Offline(getattr(failure, "obstacle", None))
    if isinstance(refused, ssl.SSLCertVerificationError):
        return Untrusted(Obstacle.CLOCK if getattr(refused, "verify_code", 0) in _DATED else None)
    return Portal() if refused.reason in _NO_TLS else Untrusted()


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if failure is None:
            return
        yield failure
        failure = failure.__cause__ or failure.__context__


def is_foreign(response: httpx.Response) -> bool:
    """Tell whether somebody else answered: our server never sends a page where data was asked for.

    Its own faults and what it does not know may be told by whatever stands in front of it, in HTML too.
    """
    if response.status_code == httpx.codes.NETWORK_AUTHENTICATION_REQUIRED:
        return True
    if response.has_redirect_location:
        return _leads_elsewhere(response)
    known = response.is_server_error or response.status_code == httpx.codes.NOT_FOUND
    return _media(response) in _PAGES and not known


def _leads_elsewhere(response: httpx.Response) -> bool:
    try:
        target = response.request.url.join(response.headers["location"])
    except (httpx.InvalidURL, ValueError):
        return False
    return target.host != response.request.url.host


async def failure_of(response: httpx.Response) -> ApiError:
    """Read a failed answer: a problem, an OAuth error, or something in between that is not ours."""
    status = response.status_code
    wait = retry_after(response.headers.get("retry-after"))
    if is_foreign(response):
        return Portal()
    if not response.is_client_error:
        return Unavailable(wait) if response.is_server_error else Redirected()
    body, media = await read_whole(response, _PROBLEM_BYTES), _media(response)
    problem = _problem(body) if media == PROBLEM_MEDIA_TYPE else None
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(problem, wait)
    if media == "application/json" and (error := _oauth_error(body)):
        return GrantRefused(status, error)
    told = problem is not None or status in {httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND}
    said_in_json = status == httpx.codes.FORBIDDEN and media == "application/json"
    return Refused(status, problem) if told or said_in_json else Unavailable(wait)


def _media(response: httpx.Response) -> str:
    media: str = response.headers.get("content-type", "").partition(";")[0]
    return media.strip().lower()


def _problem(body: bytes) -> Problem | None:
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return None


def _oauth_error(body: bytes) -> str | None:
    try:
        return OAuthError.model_validate_json(body).error
    except ValidationError:
        return None
