"""``GET /leads/{id}/duplicates``: before a lead is offered, is it there already?"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.leads import Duplicate
from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.entry.duplicates import draw_contacts, duplicates
from leaddesk.server.web.edge.access import Access
from leaddesk.server.web.edge.answers import answers
from leaddesk.server.web.edge.inputs import path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.services import Services

_LIST = Spec("Other leads with the same e-mail address or phone number, newest first", Duplicate, many=True)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""

    async def list_duplicates(request: Request, caller: Caller) -> Response:
        lead_id, more = path_uuid(request, "lead_id"), True
        while more:  # in slices: others have their turn in between
            more = draw_contacts(services.library, caller)
            await asyncio.sleep(0)
        return answers(duplicates(services.library, caller, lead_id))

    access = Access("lead.duplicates", thing="lead")
    path = "/leads/{lead_id}/duplicates"
    return [guarded("GET", path, list_duplicates, Right.LEAD_READ, spec=_LIST, access=access)]
