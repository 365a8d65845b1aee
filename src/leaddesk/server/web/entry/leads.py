"""``POST /leads`` and ``PATCH /leads/{id}`` (contract, "Core: facts")."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import CreatedLead, CreateLeadRequest, PatchLeadRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.entry.leads import create_lead, replace_lists
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import leads as read
from leaddesk.server.web.edge.access import Access, concerns
from leaddesk.server.web.edge.answers import answer, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid, serial_of
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import OPTIONAL_KEY, SERIAL, Spec
from leaddesk.server.web.services import Services, core_order_of, rendered

_CREATE = Spec(
    "Enter a lead on the first form that holds every sent label",
    CreatedLead,
    status=201,
    body=CreateLeadRequest,
    params=(OPTIONAL_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.ERASED),
)
_PATCH = Spec(
    "Replace lists of fields: a list that is sent becomes the whole list, fields left out are deleted",
    status=204,
    body=PatchLeadRequest,
    params=(OPTIONAL_KEY, SERIAL),
    problems=(ProblemType.INVALID_INPUT, ProblemType.STALE_SERIAL),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def create(request: Request, caller: Caller) -> Response:
        order, wanted = await core_order_of(request, caller), await parse_body(request, CreateLeadRequest)
        receipt = create_lead(office, order, wanted)
        lead_id = LeadId(receipt.ids[0])
        concerns(request, "lead", lead_id)
        lead = rendered(library, caller, receipt, lambda: read.lead(library, caller, lead_id))
        return answer(CreatedLead(**dict(lead), lead_id=lead_id), receipt.status)

    async def patch(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await core_order_of(request, caller)
        wanted = await parse_body(request, PatchLeadRequest)
        replace_lists(office, order, lead_id, wanted, serial_of(request))
        return no_content()

    return [
        guarded("POST", "/leads", create, Right.LEAD_WRITE, spec=_CREATE, access=Access("lead.create")),
        guarded(
            "PATCH",
            "/leads/{lead_id}",
            patch,
            Right.LEAD_WRITE,
            spec=_PATCH,
            access=Access("lead.change", thing="lead"),
        ),
    ]
