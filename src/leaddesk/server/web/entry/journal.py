"""``GET /notes``: the journals of all leads, in pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.notes import Note
from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.entry.journal import journal
from leaddesk.server.queries.listing.filters import moment
from leaddesk.server.web.edge.access import Access
from leaddesk.server.web.edge.answers import answers, paged
from leaddesk.server.web.edge.inputs import LARGEST_PAGE, query
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import PAGED, PAGING, TIME, Param, Spec
from leaddesk.server.web.services import Services

_LIST = Spec(
    "Notes of all leads, oldest first",
    Note,
    many=True,
    params=(
        Param(
            "modifiedSince", "Only those changed at or after this UTC date or time", "2026-01-01", f"^{TIME}$"
        ),
        *PAGING,
    ),
    headers=PAGED,
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""

    async def list_notes(request: Request, caller: Caller) -> Response:
        wanted = query(request, "modifiedSince", "maxResults", "continuation")
        since = wanted.one("modifiedSince")
        size = wanted.number("maxResults", 1, LARGEST_PAGE, LARGEST_PAGE)
        at = moment("modifiedSince", since) if since is not None else ""
        found = journal(services.library, caller, at, size, wanted.one("continuation"))
        return answers(found.notes, paged(found.total, found.continuation))

    access = Access("note.list", bulk=True)
    return [
        guarded("GET", "/notes", list_notes, Right.LEAD_READ, reads_query=True, spec=_LIST, access=access)
    ]
