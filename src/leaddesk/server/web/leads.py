"""Leads: the list as pages or as a stream of lines, one lead, its step, its deletion."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.leads import Lead, StepChangeRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.rows import LeadRow
from leaddesk.server.commands.erasure.leads import delete_lead
from leaddesk.server.commands.leads import change_step, reveal_lead
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import leads as read
from leaddesk.server.queries.listing.filters import EXACT, SORTS, TIMES, parse
from leaddesk.server.queries.listing.pages import View, page, slices, total
from leaddesk.server.web.edge.access import Access
from leaddesk.server.web.edge.answers import answer, listing, no_content, paged
from leaddesk.server.web.edge.inputs import (
    NDJSON,
    Query,
    parse_body,
    path_uuid,
    query,
    serial_of,
    wants_ndjson,
)
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import (
    IDEMPOTENCY_KEY,
    PAGED,
    PAGING,
    SERIAL,
    TIME_FILTER,
    Other,
    Param,
    Spec,
)
from leaddesk.server.web.packing.streams import streamed
from leaddesk.server.web.services import Services, order_of, rendered

LARGEST_PAGE = 100
_KNOWN = (*TIMES, *EXACT, "includeFieldLists", "sort", "maxResults", "continuation")

_SORT = r"^([+ -]?({names})(,[+ -]?({names}))*)?$".format(names="|".join(re.escape(name) for name in SORTS))
_URN_OF_MEMBER = "urn:lt:members:member:7d0f5b4e-2f0a-4a53-9d6f-1d4c0a9b8e77"
_LIST = Spec(
    "Leads, filtered and sorted: pages, or with ``Accept: application/x-ndjson`` the whole set as lines",
    LeadRow,
    many=True,
    params=(
        *(
            Param(
                name,
                "gte:, gt:, lte:, lt: or eq: (default) before a UTC date or time",
                "gte:2026-01-01",
                TIME_FILTER,
                repeatable=True,
            )
            for name in TIMES
        ),
        Param(
            "commission.responsible",
            "URN of who works the lead",
            _URN_OF_MEMBER,
            r"^urn:lt(:[A-Za-z0-9-]+){3}$",
            repeatable=True,
        ),
        Param("commission.stepName", "Name of the step", "Kontakt", repeatable=True),
        Param("includeFieldLists", "Whether rows carry contact and enquiry", "true", kind="boolean"),
        Param("sort", "Keys separated by commas, each with - or +", "-modifiedAt", _SORT),
        *PAGING,
    ),
    headers=PAGED,
    others=(Other(200, "The same rows, one a line", media=NDJSON),),
)
_GET = Spec("One lead with both blocks and the running commission", Lead)
_STEP = Spec(
    "Move a lead to a step of its pipeline",
    Lead,
    body=StepChangeRequest,
    params=(IDEMPOTENCY_KEY, SERIAL),
    problems=(ProblemType.INVALID_INPUT, ProblemType.STALE_SERIAL),
)
_REVEAL = Spec(
    "Put on record that somebody asked to see masked fields of a lead", status=204, params=(IDEMPOTENCY_KEY,)
)
_DELETE = Spec("Erase a lead; this cannot be undone", status=204, params=(IDEMPOTENCY_KEY,))


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def list_leads(request: Request, caller: Caller) -> Response:
        wanted = query(request, *_KNOWN)
        view = View(caller, parse(wanted.many), wanted.flag("includeFieldLists"))
        if wants_ndjson(request):
            lines = library.log.threads.each(caller.tenant_id, slices(library, view))
            return streamed(request, lines, NDJSON, {"x-total": str(total(library, view))})
        found = page(library, view, _size(wanted), wanted.one("continuation"))
        return listing(found.body, found.count, paged(found.total, found.continuation), found.position)

    async def get_lead(request: Request, caller: Caller) -> Response:
        return answer(read.lead(library, caller, path_uuid(request, "lead_id")))

    async def set_step(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await order_of(request, caller)
        wanted = await parse_body(request, StepChangeRequest)
        receipt = change_step(office, order, lead_id, wanted.step, serial_of(request))
        return answer(rendered(library, caller, receipt, lambda: read.lead(library, caller, lead_id)))

    async def reveal(request: Request, caller: Caller) -> Response:
        reveal_lead(office, await order_of(request, caller), path_uuid(request, "lead_id"))
        return no_content()

    async def delete(request: Request, caller: Caller) -> Response:
        delete_lead(office, await order_of(request, caller), path_uuid(request, "lead_id"))
        return no_content()

    return [
        guarded(
            "GET",
            "/leads",
            list_leads,
            Right.LEAD_READ,
            reads_query=True,
            spec=_LIST,
            access=Access("lead.list", bulk=True),
        ),
        guarded(
            "GET",
            "/leads/{lead_id}",
            get_lead,
            Right.LEAD_READ,
            spec=_GET,
            access=Access("lead.read", thing="lead"),
        ),
        guarded(
            "POST",
            "/leads/{lead_id}/commission/step",
            set_step,
            Right.LEAD_WRITE,
            spec=_STEP,
            access=Access("lead.step", thing="lead"),
        ),
        guarded(
            "POST",
            "/leads/{lead_id}/reveals",
            reveal,
            Right.LEAD_READ,
            spec=_REVEAL,
            access=Access("lead.reveal", thing="lead", once=True),
        ),
        guarded(
            "DELETE",
            "/leads/{lead_id}",
            delete,
            Right.LEAD_DELETE,
            spec=_DELETE,
            access=Access("lead.delete", thing="lead"),
        ),
    ]


def _size(wanted: Query) -> int:
    return wanted.number("maxResults", 1, LARGEST_PAGE, LARGEST_PAGE)
