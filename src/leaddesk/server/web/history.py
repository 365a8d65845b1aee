"""What happened to a lead, and who received it (measures A13, A14)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.history import Disclosure, HistoryEntry
from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.disclosures import disclosures
from leaddesk.server.queries.history import history
from leaddesk.server.web.edge.access import OVERSIGHT, Access
from leaddesk.server.web.edge.answers import answers
from leaddesk.server.web.edge.inputs import path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.services import Services

_HISTORY = Spec("What happened to a lead, newest first", HistoryEntry, many=True)
_DISCLOSURES = Spec("Who received which fields of a lead, newest first", Disclosure, many=True)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""

    async def list_history(request: Request, caller: Caller) -> Response:
        return answers(history(services.library, caller, path_uuid(request, "lead_id")))

    async def list_disclosures(request: Request, caller: Caller) -> Response:
        return answers(disclosures(services.library, caller, path_uuid(request, "lead_id")))

    return [
        guarded(
            "GET",
            "/leads/{lead_id}/history",
            list_history,
            Right.LEAD_READ,
            spec=_HISTORY,
            access=Access("lead.history", thing="lead"),
        ),
        guarded(
            "GET",
            "/leads/{lead_id}/disclosures",
            list_disclosures,
            Right.LEAD_READ,
            spec=_DISCLOSURES,
            access=Access("lead.disclosures", OVERSIGHT, "lead"),
        ),
    ]
