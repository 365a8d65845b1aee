"""Sales partners: list, read, invite, change, end, remove (contract, "sales partners")."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sales_partners import (
    InviteRequest,
    SalesPartner,
    SalesPartnerPatch,
    SalesPartnerStatus,
)
from leaddesk.server.commands.partners import partnerships as act
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import references as read
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.short import part_of
from leaddesk.server.web.edge.access import PARTNERSHIP, Access
from leaddesk.server.web.edge.answers import answer, answers, no_content, paged
from leaddesk.server.web.edge.inputs import Query, parse_body, path_uuid, query, serial_of
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import OPTIONAL_KEY, PAGED, PAGING, SERIAL, Param, Spec
from leaddesk.server.web.services import Services, core_order_of

DEFAULT_STATUSES = (SalesPartnerStatus.ACTIVE, SalesPartnerStatus.PENDING_INVITED)

_CHANGED = (ProblemType.STALE_SERIAL, ProblemType.WRONG_STATE)
_LIST = Spec(
    "Sales partners, by default those active or invited",
    SalesPartner,
    many=True,
    params=(
        Param(
            "status", "Only those in one of these states", choices=tuple(SalesPartnerStatus), repeatable=True
        ),
        *PAGING,
    ),
    headers=PAGED,
)
_GET = Spec("One sales partner", SalesPartner)
_INVITE = Spec(
    "Invite somebody to become a sales partner",
    SalesPartner,
    status=201,
    body=InviteRequest,
    params=(OPTIONAL_KEY,),
    problems=(ProblemType.WRONG_STATE,),
)
_PATCH = Spec(
    "Change name, tags or attributes; what is absent stays",
    status=204,
    body=SalesPartnerPatch,
    params=(OPTIONAL_KEY, SERIAL),
    problems=(ProblemType.STALE_SERIAL,),
)
_END = Spec(
    "End a partnership: its open offers end, its commissions close, and it reads no lead any more",
    status=204,
    params=(OPTIONAL_KEY, SERIAL),
    problems=_CHANGED,
)
_DELETE = Spec(
    "Remove a sales partner that is ENDED, PENDING or DECLINED",
    status=204,
    params=(OPTIONAL_KEY, SERIAL),
    problems=_CHANGED,
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def list_partners(request: Request, caller: Caller) -> Response:
        return _page(library, caller, query(request, "status", "maxResults", "continuation"))

    async def get_partner(request: Request, caller: Caller) -> Response:
        return answer(read.sales_partner(library, caller, path_uuid(request, "sales_partner_id")))

    async def invite(request: Request, caller: Caller) -> Response:
        order, wanted = await core_order_of(request, caller), await parse_body(request, InviteRequest)
        receipt = act.invite(office, order, wanted)
        return answer(read.sales_partner(library, caller, receipt.ids[0]), receipt.status)

    async def patch(request: Request, caller: Caller) -> Response:
        partner_id, order = path_uuid(request, "sales_partner_id"), await core_order_of(request, caller)
        wanted = await parse_body(request, SalesPartnerPatch)
        act.change_partner(office, order, partner_id, wanted, serial_of(request))
        return no_content()

    async def end(request: Request, caller: Caller) -> Response:
        partner_id, order = path_uuid(request, "sales_partner_id"), await core_order_of(request, caller)
        act.end_partnership(office, order, partner_id, serial_of(request))
        return no_content()

    async def remove(request: Request, caller: Caller) -> Response:
        partner_id, order = path_uuid(request, "sales_partner_id"), await core_order_of(request, caller)
        act.remove_partner(office, order, partner_id, serial_of(request))
        return no_content()

    one, manage = "/sales-partners/{sales_partner_id}", Right.PARTNER_MANAGE
    return [
        guarded(
            "GET",
            "/sales-partners",
            list_partners,
            Right.LEAD_READ,
            reads_query=True,
            spec=_LIST,
            access=Access("sales-partner.list", PARTNERSHIP),
        ),
        guarded(
            "POST",
            "/sales-partners",
            invite,
            manage,
            spec=_INVITE,
            access=Access("sales-partner.invite", PARTNERSHIP),
        ),
        guarded("GET", one, get_partner, Right.LEAD_READ, spec=_GET, access=_access("read")),
        guarded("PATCH", one, patch, manage, spec=_PATCH, access=_access("change")),
        guarded("DELETE", one, remove, manage, spec=_DELETE, access=_access("delete")),
        guarded("POST", f"{one}/end", end, manage, spec=_END, access=_access("end")),
    ]


def _statuses(texts: list[str]) -> tuple[SalesPartnerStatus, ...]:
    try:
        return tuple(SalesPartnerStatus(text) for text in texts) or DEFAULT_STATUSES
    except ValueError:
        raise invalid("status", ", ".join(SalesPartnerStatus)) from None


def _access(act: str) -> Access:
    return Access(f"sales-partner.{act}", PARTNERSHIP, "sales-partner")


def _page(library: Library, caller: Caller, asked: Query) -> Response:
    wanted = _statuses(asked.many("status"))
    partners = [one for one in read.sales_partners(library, caller) if one.status in wanted]
    place = (f"sales-partners {','.join(wanted)}", asked.page_size(), asked.one("continuation"))
    found = part_of(library, caller, partners, place)
    return answers(found.items, paged(found.total, found.continuation))
