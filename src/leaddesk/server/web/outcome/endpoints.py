"""Closing and rating a commission, brokerages of a lead, and "still interested"."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.leads import Lead
from leaddesk.contract.offers import Offer
from leaddesk.contract.outcomes import BrokerageDetail, CloseRequest, RatingRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.outcome.closing import close_commission, rate_commission
from leaddesk.server.commands.outcome.interest import show_interest
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import leads, offers
from leaddesk.server.queries.offering.brokerages import brokerages
from leaddesk.server.web.edge.access import SHARING, Access
from leaddesk.server.web.edge.answers import answer, answers, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid, serial_of
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, SERIAL, Spec
from leaddesk.server.web.services import Services, order_of, rendered

_STATE = (ProblemType.WRONG_STATE,)
_CLOSE = Spec(
    "Close the running commission with an outcome",
    Lead,
    body=CloseRequest,
    params=(IDEMPOTENCY_KEY, SERIAL),
    problems=(ProblemType.STALE_SERIAL, ProblemType.WRONG_STATE),
)
_RATE = Spec(
    "Rate the partner that had the lead",
    status=204,
    body=RatingRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=_STATE,
)
_LIST = Spec("To whom a lead was offered and what each partner said", BrokerageDetail, many=True)
_INTEREST = Spec(
    "Say of a missed offer that it is still wanted", Offer, params=(IDEMPOTENCY_KEY,), problems=_STATE
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def close(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await order_of(request, caller)
        wanted = await parse_body(request, CloseRequest)
        receipt = close_commission(office, order, lead_id, wanted, serial_of(request))
        return answer(rendered(library, caller, receipt, lambda: leads.lead(library, caller, lead_id)))

    async def rate(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await order_of(request, caller)
        rate_commission(office, order, lead_id, await parse_body(request, RatingRequest))
        return no_content()

    async def list_brokerages(request: Request, caller: Caller) -> Response:
        return answers(brokerages(library, caller, path_uuid(request, "lead_id")))

    async def still_interested(request: Request, caller: Caller) -> Response:
        order, offer_id = await order_of(request, caller), path_uuid(request, "offer_id")
        show_interest(office, order, offer_id)
        return answer(offers.offer(library, caller, offer_id))

    work, offer = "/leads/{lead_id}/commission", "/offers/{offer_id}/still-interested"
    closing, rating = Access("lead.close", thing="lead"), Access("lead.rate", thing="lead")
    offered, interest = Access("lead.brokerages", SHARING, "lead"), Access("offer.interest", SHARING, "offer")
    return [
        guarded("POST", f"{work}/close", close, Right.LEAD_WRITE, spec=_CLOSE, access=closing),
        guarded("POST", f"{work}/rating", rate, Right.LEAD_WRITE, spec=_RATE, access=rating),
        guarded(
            "GET", "/leads/{lead_id}/brokerages", list_brokerages, Right.LEAD_READ, spec=_LIST, access=offered
        ),
        guarded("POST", offer, still_interested, Right.OFFER_DECIDE, spec=_INTEREST, access=interest),
    ]
