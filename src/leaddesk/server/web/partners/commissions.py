"""Leads on their way without a request: handed to one partner, or offered on a market (core)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import BrokerageId, CommissionId
from leaddesk.contract.leads import CreateCommissionRequest, CreatedCommission
from leaddesk.contract.markets import CreateBrokerageRequest, CreatedBrokerage
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.partners.assignment import assign_directly
from leaddesk.server.commands.partners.brokerages import offer_on_market
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.edge.access import SHARING, Access, concerns
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import OPTIONAL_KEY, Spec
from leaddesk.server.web.services import Services, core_order_of

_ASSIGN = Spec(
    "Hand a lead to one sales partner, without a market",
    CreatedCommission,
    status=201,
    body=CreateCommissionRequest,
    params=(OPTIONAL_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.ALREADY_OFFERED, ProblemType.WRONG_STATE),
)
_OFFER = Spec(
    "Offer a lead to the partners of a market",
    CreatedBrokerage,
    status=201,
    body=CreateBrokerageRequest,
    params=(OPTIONAL_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.ALREADY_OFFERED),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office = services.office

    async def assign(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await core_order_of(request, caller)
        wanted = await parse_body(request, CreateCommissionRequest)
        receipt = assign_directly(office, order, lead_id, wanted)
        return answer(CreatedCommission(commission_id=CommissionId(receipt.ids[0])), receipt.status)

    async def offer(request: Request, caller: Caller) -> Response:
        market_id, order = path_uuid(request, "market_id"), await core_order_of(request, caller)
        wanted = await parse_body(request, CreateBrokerageRequest)
        concerns(request, "lead", wanted.lead_id)
        receipt = offer_on_market(office, order, market_id, wanted.lead_id)
        return answer(CreatedBrokerage(brokerage_id=BrokerageId(receipt.ids[0])), receipt.status)

    offering = (Right.LEAD_SHARE, Right.LEAD_ASSIGN)
    return [
        guarded(
            "POST",
            "/leads/{lead_id}/commissions",
            assign,
            Right.LEAD_ASSIGN,
            spec=_ASSIGN,
            access=Access("lead.assign", SHARING, "lead"),
        ),
        guarded(
            "POST",
            "/markets/{market_id}/brokerages",
            offer,
            *offering,
            spec=_OFFER,
            access=Access("lead.offer", SHARING),
        ),
    ]
