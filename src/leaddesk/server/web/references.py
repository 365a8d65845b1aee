"""Forms, pipelines and markets of the tenant; and the preview of a share."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market, SharePreview, SharePreviewRequest
from leaddesk.contract.people import Right
from leaddesk.contract.wire import WireModel
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import references as read
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.short import part_of
from leaddesk.server.queries.sharing import preview
from leaddesk.server.web.edge.access import SHARING, Access, Harmless, concerns
from leaddesk.server.web.edge.answers import answer, answers, paged
from leaddesk.server.web.edge.inputs import parse_body, path_uuid, query
from leaddesk.server.web.edge.routes import GuardedEndpoint, guarded
from leaddesk.server.web.edge.spec import PAGED, PAGING, Spec
from leaddesk.server.web.services import Services

_FORMS = Spec(
    "Forms: they define the fields of leads by label. Without ``maxResults`` all of them",
    Form,
    many=True,
    params=PAGING,
    headers=PAGED,
)
_PIPELINES = Spec("Pipelines: the steps a commission passes", Pipeline, many=True)
_MARKETS = Spec("Markets: where leads are offered, and what partners see of them", Market, many=True)
_PREVIEW = Spec(
    "What partners would see of a lead on a market; nothing is stored", SharePreview, body=SharePreviewRequest
)

_SET_UP = Harmless("labels, steps and rules the tenant set up")


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    library = services.library

    async def list_forms(request: Request, caller: Caller) -> Response:
        wanted = query(request, "maxResults", "continuation")
        asked = ("forms", wanted.page_size(default=None), wanted.one("continuation"))
        found = part_of(library, caller, read.forms(library, caller), asked)
        return answers(found.items, paged(found.total, found.continuation))

    async def preview_share(request: Request, caller: Caller) -> Response:
        wanted = await parse_body(request, SharePreviewRequest)
        concerns(request, "lead", wanted.lead_id)
        return answer(preview(library, caller, path_uuid(request, "market_id"), wanted))

    reading = Right.LEAD_READ
    return [
        guarded("GET", "/forms", list_forms, reading, reads_query=True, spec=_FORMS, access=_SET_UP),
        guarded(
            "GET",
            "/pipelines",
            _all(library, read.pipelines),
            Right.LEAD_READ,
            spec=_PIPELINES,
            access=_SET_UP,
        ),
        guarded(
            "GET", "/markets", _all(library, read.markets), Right.LEAD_READ, spec=_MARKETS, access=_SET_UP
        ),
        guarded(
            "POST",
            "/markets/{market_id}/preview",
            preview_share,
            Right.LEAD_SHARE,
            spec=_PREVIEW,
            access=Access("share.preview", SHARING),
        ),
    ]


def _all(library: Library, find: Callable[[Library, Caller], Sequence[WireModel]]) -> GuardedEndpoint:
    async def every(request: Request, caller: Caller) -> Response:
        return answers(find(library, caller))

    return every
