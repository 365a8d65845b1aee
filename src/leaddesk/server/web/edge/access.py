"""Access to personal data: declared with the endpoint, on record before the answer leaves (measure A8).

An endpoint says what reading it means (:class:`Access`) or that nobody's data is in its answers
(:class:`Harmless`). One that says nothing is taken for the former: denied by default.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

from starlette.requests import Request
from starlette.responses import Response

from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.refusals import SignInRefused, StepUpNeeded
from leaddesk.server.oversight.access_log import AccessLogUnavailable
from leaddesk.server.oversight.entries import DONE, NOTHING, Deed, Read, Thing
from leaddesk.server.web.edge.answers import Listing
from leaddesk.server.web.edge.inputs import idempotency_key, query_read

RECORDS = "leaddesk.records"
"""Key of the ASGI scope under which guards find :class:`Records`."""

_CONCERNS = "leaddesk.concerns"
LEAD_WORK, SHARING, PARTNERSHIP = "lead-work", "sharing", "partnership"
ACCOUNT = "account"
DIRECTORY, ADMINISTRATION, REPORTING, OVERSIGHT = "directory", "administration", "reporting", "oversight"
UNDECLARED = "undeclared"

CODES = frozenset(
    {
        *("modifiedAt", "lead.createdAt", "commission.startedAt", "commission.closedAt", "modifiedSince"),
        *("at", "status", "sort", "maxResults", "includeFieldLists"),
    }
)
"""Parameters whose values are times, numbers and choices, already checked by the endpoint; all others may
hold what a person typed and are recorded as pseudonyms."""
_CONTINUATION, _KEY = "continuation", "idempotencyKey"

_NOT_UNDERSTOOD = frozenset(
    {
        ProblemType.INVALID_INPUT,
        ProblemType.IDEMPOTENCY_KEY_MISSING,
        ProblemType.IDEMPOTENCY_KEY_REUSED,
        ProblemType.TOO_LARGE,
        ProblemType.TOO_MANY_REQUESTS,
    }
)
"""Refusals of requests that asked for nothing; every other one is on record like an answer."""

SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Access:
    """What it is (``lead.read``), for what purpose, and of which kind of thing the path names one.

    ``thing``: the kind ``lead`` stands in the path as ``{lead_id}``, or as ``param``. ``bulk``: the answer
    holds a whole set; the log's position is recorded with it, so that one can tell later what the set was.
    ``once``: entries are counted; one that was asked for again, with the same idempotency key, is told by it.
    """

    action: str
    purpose: str = LEAD_WORK
    thing: str | None = None
    param: str | None = None
    bulk: bool = False
    once: bool = False

    @property
    def names_it(self) -> str | None:
        """Return the path parameter that names the thing."""
        return self.param or (self.thing and self.thing.replace("-", "_") + "_id")


@dataclass(frozen=True, slots=True)
class Harmless:
    """Nobody's personal data is in any answer; ``because`` says why."""

    because: str


class Book(Protocol):
    """The access log, as guards use it."""

    async def record(self, deed: Deed) -> None:
        """Return once it is on record. Raises ``AccessLogUnavailable``."""

    async def check(self) -> None:
        """Return if it can be written. Raises ``AccessLogUnavailable``."""


@dataclass(frozen=True, slots=True)
class Records:
    """The access log, and where a tenant's log stands."""

    book: Book
    position_of: Callable[[TenantId], Awaitable[int]]


def concerns(request: Request, kind: str, thing_id: str) -> None:
    """Tell which thing an access is about, where the path does not."""
    request.scope[_CONCERNS] = (kind, thing_id)


def records_of(request: Request) -> Records | None:
    """Return what the gate brought along."""
    return cast(Records | None, request.scope.get(RECORDS))


def undeclared(method: str, path: str) -> Access:
    """Stand in for a declaration that is missing: the route is the action, its first id the thing."""
    named = [part[1:-4] for part in path.split("/") if part.startswith("{") and part.endswith("_id}")]
    return Access(f"{method} {path}", UNDECLARED, named[0] if named else None)


async def on_record(
    request: Request, caller: Caller, access: Access, ask: Callable[[], Awaitable[Response]]
) -> Response:
    """Ask, put it on record, answer. Raises ``AccessLogUnavailable`` (503), and what ``ask`` raises.

    A change is not even begun while the log is down. If it goes down in between, the caller is told so and
    asks again with the same idempotency key.
    """
    records = records_of(request)
    if records is None:
        raise AccessLogUnavailable
    if request.method not in SAFE:
        await records.book.check()
    try:
        response = await ask()
    except (Refused, SignInRefused, StepUpNeeded) as refusal:
        result = _result_of(refusal)
        if result is not None:
            await records.book.record(_deed(request, caller, access, result, NOTHING))
        raise
    position = await _position(response, access, lambda: records.position_of(caller.tenant_id))
    read = _asked_by(request) if access.once else _read(request, response, position)
    await records.book.record(_deed(request, caller, access, DONE, read))
    return response


def _result_of(refusal: Refused | SignInRefused | StepUpNeeded) -> str | None:
    """Name a refusal as it is recorded; nothing for requests that asked for nothing."""
    if isinstance(refusal, Refused):
        return None if refusal.kind in _NOT_UNDERSTOOD else refusal.kind.rpartition(":")[2]
    kind = ProblemType.STEP_UP_NEEDED if isinstance(refusal, StepUpNeeded) else ProblemType.SIGN_IN_REFUSED
    return kind.rpartition(":")[2]


def _deed(request: Request, caller: Caller, access: Access, result: str, read: Read) -> Deed:
    return Deed(caller, access.action, access.purpose, result, _thing(request, access), read)


def _thing(request: Request, access: Access) -> Thing | None:
    if access.thing is None or access.names_it is None:
        return cast(Thing | None, request.scope.get(_CONCERNS))
    return access.thing, str(request.path_params[access.names_it]).lower()


async def _position(response: Response, access: Access, ask: Callable[[], Awaitable[int]]) -> int | None:
    """Tell where the log stood when a set was read; of a stream nothing has been read yet."""
    known = response.position if isinstance(response, Listing) else None
    return await ask() if access.bulk and known is None else known


def _asked_by(request: Request) -> Read:
    """Tell which act it was, as a pseudonym: asked again after an answer that was lost, it is the same."""
    return Read(words={_KEY: str(idempotency_key(request))})


def _read(request: Request, response: Response, position: int | None) -> Read:
    count = response.count if isinstance(response, Listing) else None
    if count is None and position is None:
        return NOTHING
    codes: dict[str, str] = {}
    words: dict[str, str] = {}
    query = query_read(request)
    for name, values in query.values.items() if query else ():
        if name == _CONTINUATION:
            codes[name] = "yes"
        else:
            (codes if name in CODES else words)[name] = ",".join(values)
    total = response.headers.get("x-total")
    return Read(codes, words, count, int(total) if total else None, position)
