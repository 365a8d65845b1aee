"""Registering endpoints: guarded by a right, or open by name. There is no third way (measure A10)."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leaddesk.contract.people import Right
from leaddesk.server.database.threads import Threads, in_one_piece
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.identity.refusals import NetworkRefused, Unauthenticated
from leaddesk.server.operations.observer import WHO
from leaddesk.server.web.edge.access import SAFE, Access, Harmless, on_record, undeclared
from leaddesk.server.web.edge.gate import IDENTITY
from leaddesk.server.web.edge.inputs import query, source_of
from leaddesk.server.web.edge.limits import limiter_of
from leaddesk.server.web.edge.problems import forbidden
from leaddesk.server.web.edge.spec import SENSITIVE, Spec

Endpoint = Callable[[Request], Awaitable[Response]]
GuardedEndpoint = Callable[[Request, Caller], Coroutine[Any, Any, Response]]

THREADS = "leaddesk.threads"
"""Key of the ASGI scope under which guards find the storage's :class:`Threads`."""


class Described(Route):
    """A route with what it says of itself; the document's writer reads it.

    ``rights``: any one of them is needed; empty: a credential suffices; absent: open to all.
    ``largest_body``: bytes, where the general limit of the gate is not meant. ``access``: what reading it
    means; absent where it was not said (then it is recorded all the same) and where nobody signs in.
    ``is_sensitive``: only for who has shown a moment ago who they are.
    """

    def __init__(
        self, path: str, endpoint: Endpoint, method: str, spec: Spec, rights: tuple[Right, ...] | None
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.method, self.spec, self.rights = method, spec, rights
        self.largest_body: int | None = None
        self.access: Access | Harmless | None = None
        self.is_sensitive = f"{method} {path}" in SENSITIVE


async def authenticated(request: Request) -> Caller:
    """Tell who asks, by the ``Authorization`` header. Raises ``Unauthenticated`` (401), ``NetworkRefused``
    (403) where tenant or key name networks and the request comes from another one.

    Whoever is not known counts against their network: a 429 problem once there are too many.
    """
    identity = cast(Identity, request.scope[IDENTITY])
    try:
        caller = await identity.authenticate(request.headers.get("authorization"))
    except Unauthenticated:
        limiter_of(request).admit_source(request)
        raise
    if caller.networks and not lets_in(caller.networks, source_of(request)):
        limiter_of(request).admit_source(request)
        raise NetworkRefused
    return caller


def guarded(
    method: str,
    path: str,
    endpoint: GuardedEndpoint,
    *rights: Right,
    reads_query: bool = False,
    limited: bool = True,
    spec: Spec,
    access: Access | Harmless | None = None,
) -> Described:
    """Register an endpoint for callers that hold any one of ``rights``; without rights, for all signed in.

    Unless it ``reads_query`` itself, any query parameter is unknown input: a 400 problem. Requests are
    counted by caller unless it is not ``limited`` (a stream that stays open). Answers that are not
    ``Harmless`` by their ``access`` are on record before they leave.
    """
    to_record = access or undeclared(method, path)

    async def allowed(request: Request, caller: Caller) -> Response:
        if rights and caller.rights.isdisjoint(rights):
            raise forbidden()
        if not reads_query:
            query(request)
        return await _worked(request, caller, endpoint, route)

    async def answered(request: Request, caller: Caller) -> Response:
        if isinstance(to_record, Harmless):
            return await allowed(request, caller)
        return await on_record(request, caller, to_record, lambda: allowed(request, caller))

    async def ask(request: Request) -> Response:
        caller = await authenticated(request)
        request.scope[WHO] = {"tenant": caller.tenant_id, "person": caller.member_id}
        if limited:
            limiter_of(request).admit_caller(caller.member_id)
        try:
            return await answered(request, caller)
        except StorageUnavailable:
            if method != "GET":
                raise
            return await answered(
                request, caller
            )  # reading changes nothing: the loss may have been the end of it

    route = Described(path, ask, method, spec, rights)
    route.access = access
    return route


async def _worked(request: Request, caller: Caller, endpoint: GuardedEndpoint, route: Described) -> Response:
    """Let an endpoint do its work: in one piece in a thread, its body at hand, where the storage waits.

    A sensitive one only for who is fresh. Raises ``StepUpNeeded``.
    """
    if route.is_sensitive:
        await cast(Identity, request.scope[IDENTITY]).freshness.check(caller)
    threads = cast(Threads, request.scope[THREADS])
    if not threads.at_once or route.spec.on_loop:
        return await endpoint(request, caller)
    writes = request.method not in SAFE
    if writes:
        await request.body()
    work = endpoint(request, caller)
    return await threads.do(caller.tenant_id, lambda: in_one_piece(work), writes=writes)


def open_to_all(
    method: str, path: str, endpoint: Endpoint, spec: Spec, *, limited: bool = True, reads_query: bool = False
) -> Described:
    """Register an endpoint that needs no sign-in; unless it ``reads_query`` itself, no query either.

    Requests are counted by network unless it is not ``limited`` (health).
    """

    async def ask(request: Request) -> Response:
        if limited:
            limiter_of(request).admit_source(request)
        if not reads_query:
            query(request)
        return await endpoint(request)

    return Described(path, ask, method, spec, None)
