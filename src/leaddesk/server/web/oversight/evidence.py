"""Who received personal data, by partner, and what operators did (measures A11, A13)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.oversight import OperatorIntervention, PartnerDisclosure
from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.oversight.interventions import interventions
from leaddesk.server.queries.oversight.partners import Place, continued, received_by
from leaddesk.server.web.edge.access import OVERSIGHT, Access
from leaddesk.server.web.edge.answers import answers
from leaddesk.server.web.edge.inputs import query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import CONTINUATION, X_CONTINUATION, Param, Spec
from leaddesk.server.web.services import Services

LARGEST_PAGE = 100
_PARTNER = Param("salesPartnerId", "The partner", format="uuid", required=True)
_PAGE = Param(
    "maxResults", "Leads of a page, each with all its disclosures", "100", kind="integer", low=1, high=100
)
_DISCLOSURES = Spec(
    "Everything a partner received, newest lead first",
    PartnerDisclosure,
    many=True,
    params=(_PARTNER, _PAGE, CONTINUATION),
    headers=(X_CONTINUATION,),
)
_INTERVENTIONS = Spec("What operators did in this tenant, newest first", OperatorIntervention, many=True)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    library = services.library

    async def list_disclosures(request: Request, caller: Caller) -> Response:
        asked = query(request, _PARTNER.name, _PAGE.name, CONTINUATION.name)
        size, continuation = (
            asked.number(_PAGE.name, 1, LARGEST_PAGE, LARGEST_PAGE),
            asked.one("continuation"),
        )
        place = continued(library, caller, continuation) if continuation else None
        partner = asked.uuid(_PARTNER.name)
        if partner is None:
            raise invalid(_PARTNER.name, "a UUID")
        if place is not None and place.sales_partner_id != partner:
            raise invalid("continuation", "the x-continuation of the same request")
        found = received_by(library, caller, place or Place(partner), size)
        headers = {"x-continuation": found.continuation} if found.continuation else {}
        return answers(found.disclosures, headers)

    async def list_interventions(_request: Request, caller: Caller) -> Response:
        return answers(interventions(library, caller))

    return [
        guarded(
            "GET",
            "/disclosures",
            list_disclosures,
            Right.OVERSIGHT_READ,
            reads_query=True,
            spec=_DISCLOSURES,
            access=Access("disclosures.by-partner", OVERSIGHT, bulk=True),
        ),
        guarded(
            "GET",
            "/operator-interventions",
            list_interventions,
            Right.OVERSIGHT_READ,
            spec=_INTERVENTIONS,
            access=Access("interventions.read", OVERSIGHT),
        ),
    ]
