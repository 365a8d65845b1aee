"""Share requests: a rep asks, an admin decides (four eyes)."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sharing import (
    ApproveRequest,
    CreateShareRequest,
    RejectRequest,
    ShareRequest,
    ShareRequestDetail,
    ShareStatus,
)
from leaddesk.server.commands import sharing as act
from leaddesk.server.commands.office import Order
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import sharing as read
from leaddesk.server.web.edge.access import SHARING, Access, concerns
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid, query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Param, Spec
from leaddesk.server.web.services import Services, order_of, rendered

_READERS = (Right.LEAD_SHARE, Right.SHARE_APPROVE)

_KEYED = (IDEMPOTENCY_KEY,)
_DECIDED = (ProblemType.ALREADY_DECIDED,)
_LIST = Spec(
    "Share requests, newest first",
    ShareRequest,
    many=True,
    params=(
        Param("status", "Only those in one of these states", choices=tuple(ShareStatus), repeatable=True),
    ),
)
_CREATE = Spec(
    "Ask for a lead to be offered on a market",
    ShareRequest,
    status=201,
    body=CreateShareRequest,
    params=_KEYED,
    problems=(ProblemType.INVALID_INPUT, ProblemType.ALREADY_OFFERED),
)
_GET = Spec("One share request with what would leave the house", ShareRequestDetail)
_APPROVE = Spec(
    "Approve a share request; nobody approves their own",
    ShareRequest,
    body=ApproveRequest,
    params=_KEYED,
    problems=(ProblemType.OWN_REQUEST, ProblemType.STALE_SERIAL, ProblemType.ALREADY_OFFERED, *_DECIDED),
)
_REJECT = Spec(
    "Reject a share request, with a reason",
    ShareRequest,
    body=RejectRequest,
    params=_KEYED,
    problems=(ProblemType.OWN_REQUEST, *_DECIDED),
)
_WITHDRAW = Spec("Withdraw a share request", ShareRequest, params=_KEYED, problems=_DECIDED)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    def done(order: Order, do: Callable[[Order], Receipt]) -> Response:
        receipt = do(order)
        found = rendered(
            library, order.caller, receipt, lambda: read.share_request(library, order.caller, receipt.ids[0])
        )
        return answer(found, receipt.status)

    async def list_requests(request: Request, caller: Caller) -> Response:
        statuses = _statuses(query(request, "status").many("status"))
        return answers(read.share_requests(library, caller, statuses))

    async def get_request(request: Request, caller: Caller) -> Response:
        return answer(read.share_request_detail(library, caller, path_uuid(request, "request_id")))

    async def create(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, CreateShareRequest)
        concerns(request, "lead", wanted.lead_id)
        return done(order, lambda order: act.request_share(office, order, wanted))

    async def approve(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, ApproveRequest)
        request_id = path_uuid(request, "request_id")
        return done(order, lambda order: act.approve_share(office, order, request_id, wanted.lead_serial))

    async def reject(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, RejectRequest)
        request_id = path_uuid(request, "request_id")
        return done(order, lambda order: act.reject_share(office, order, request_id, wanted.reason))

    async def withdraw(request: Request, caller: Caller) -> Response:
        order, request_id = await order_of(request, caller), path_uuid(request, "request_id")
        return done(order, lambda order: act.withdraw_share(office, order, request_id))

    return [
        guarded(
            "GET",
            "/share-requests",
            list_requests,
            *_READERS,
            reads_query=True,
            spec=_LIST,
            access=Access("share.list", SHARING),
        ),
        guarded(
            "POST",
            "/share-requests",
            create,
            Right.LEAD_SHARE,
            spec=_CREATE,
            access=Access("share.request", SHARING),
        ),
        guarded(
            "GET", "/share-requests/{request_id}", get_request, *_READERS, spec=_GET, access=_access("read")
        ),
        guarded(
            "POST",
            "/share-requests/{request_id}/approve",
            approve,
            Right.SHARE_APPROVE,
            spec=_APPROVE,
            access=_access("approve"),
        ),
        guarded(
            "POST",
            "/share-requests/{request_id}/reject",
            reject,
            Right.SHARE_APPROVE,
            spec=_REJECT,
            access=_access("reject"),
        ),
        guarded(
            "POST",
            "/share-requests/{request_id}/withdraw",
            withdraw,
            Right.LEAD_SHARE,
            spec=_WITHDRAW,
            access=_access("withdraw"),
        ),
    ]


def _statuses(texts: list[str]) -> frozenset[str]:
    if not set(texts) <= set(ShareStatus):
        raise invalid("status", ", ".join(ShareStatus))
    return frozenset(texts)


def _access(act: str) -> Access:
    return Access(f"share.{act}", SHARING, "share-request", "request_id")
