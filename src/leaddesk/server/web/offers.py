"""Offers to the caller's firm: list, accept, decline."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.offers import DeclineRequest, Offer
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.offers import accept_offer, decline_offer
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import offers as read
from leaddesk.server.web.edge.access import SHARING, Access
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_DECIDED = (ProblemType.OFFER_ENDED, ProblemType.ALREADY_DECIDED)
_LIST = Spec("Offers to the own firm, newest first", Offer, many=True)
_ACCEPT = Spec("Accept an offer; the first one wins", Offer, params=(IDEMPOTENCY_KEY,), problems=_DECIDED)
_DECLINE = Spec(
    "Decline an offer, with a reason for the owner",
    Offer,
    body=DeclineRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=_DECIDED,
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def list_offers(request: Request, caller: Caller) -> Response:
        return answers(read.offers(library, caller))

    async def accept(request: Request, caller: Caller) -> Response:
        order, offer_id = await order_of(request, caller), path_uuid(request, "offer_id")
        accept_offer(office, order, offer_id)
        return answer(read.offer(library, caller, offer_id))

    async def decline(request: Request, caller: Caller) -> Response:
        order, offer_id = await order_of(request, caller), path_uuid(request, "offer_id")
        wanted = await parse_body(request, DeclineRequest)
        decline_offer(office, order, offer_id, wanted.reason)
        return answer(read.offer(library, caller, offer_id))

    return [
        guarded(
            "GET",
            "/offers",
            list_offers,
            Right.OFFER_DECIDE,
            spec=_LIST,
            access=Access("offer.list", SHARING),
        ),
        guarded(
            "POST",
            "/offers/{offer_id}/accept",
            accept,
            Right.OFFER_DECIDE,
            spec=_ACCEPT,
            access=Access("offer.accept", SHARING, "offer"),
        ),
        guarded(
            "POST",
            "/offers/{offer_id}/decline",
            decline,
            Right.OFFER_DECIDE,
            spec=_DECLINE,
            access=Access("offer.decline", SHARING, "offer"),
        ),
    ]
