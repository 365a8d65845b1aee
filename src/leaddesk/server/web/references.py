"""Forms, pipelines, markets and sales partners of the tenant; and the preview of a share."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market, SharePreview, SharePreviewRequest
from leaddesk.contract.people import Right
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.contract.wire import WireModel
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import references as read
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.sharing import preview
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid, query
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import GuardedEndpoint, guarded
from leaddesk.server.web.edge.spec import Param, Spec
from leaddesk.server.web.services import Services

DEFAULT_STATUSES = (SalesPartnerStatus.ACTIVE, SalesPartnerStatus.PENDING_INVITED)

_FORMS = Spec("Forms: they define the fields of leads by label", Form, many=True)
_PIPELINES = Spec("Pipelines: the steps a commission passes", Pipeline, many=True)
_MARKETS = Spec("Markets: where leads are offered, and what partners see of them", Market, many=True)
_PARTNERS = Spec(
    "Sales partners, by default those active or invited",
    SalesPartner,
    many=True,
    params=(
        Param(
            "status", "Only those in one of these states", choices=tuple(SalesPartnerStatus), repeatable=True
        ),
    ),
)
_PREVIEW = Spec(
    "What partners would see of a lead on a market; nothing is stored", SharePreview, body=SharePreviewRequest
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    library = services.library

    async def list_partners(request: Request, caller: Caller) -> Response:
        wanted = _statuses(query(request, "status").many("status"))
        partners = read.sales_partners(library, caller)
        return answers(partner for partner in partners if partner.status in wanted)

    async def preview_share(request: Request, caller: Caller) -> Response:
        wanted = await parse_body(request, SharePreviewRequest)
        return answer(preview(library, caller, path_uuid(request, "market_id"), wanted))

    return [
        guarded("GET", "/forms", _all(library, read.forms), Right.LEAD_READ, spec=_FORMS),
        guarded("GET", "/pipelines", _all(library, read.pipelines), Right.LEAD_READ, spec=_PIPELINES),
        guarded("GET", "/markets", _all(library, read.markets), Right.LEAD_READ, spec=_MARKETS),
        guarded("GET", "/sales-partners", list_partners, Right.LEAD_READ, reads_query=True, spec=_PARTNERS),
        guarded("POST", "/markets/{market_id}/preview", preview_share, Right.LEAD_SHARE, spec=_PREVIEW),
    ]


def _all(library: Library, find: Callable[[Library, Caller], Sequence[WireModel]]) -> GuardedEndpoint:
    async def every(request: Request, caller: Caller) -> Response:
        return answers(find(library, caller))

    return every


def _statuses(texts: list[str]) -> tuple[SalesPartnerStatus, ...]:
    try:
        return tuple(SalesPartnerStatus(text) for text in texts) or DEFAULT_STATUSES
    except ValueError:
        raise invalid("status", ", ".join(SalesPartnerStatus)) from None
