"""The journal of a lead."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.notes import Note, NoteRequest
from leaddesk.contract.people import Right
from leaddesk.server.commands.leads import add_note
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries import leads as read
from leaddesk.server.web.edge.access import Access
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import OPTIONAL_KEY, Spec
from leaddesk.server.web.services import Services, core_order_of, rendered

_LIST = Spec("The journal of a lead, newest first", Note, many=True)
_ADD = Spec("Add a note to a lead", Note, status=201, body=NoteRequest, params=(OPTIONAL_KEY,))


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    library = services.library

    async def list_notes(request: Request, caller: Caller) -> Response:
        return answers(read.notes(library, caller, path_uuid(request, "lead_id")))

    async def add(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await core_order_of(request, caller)
        wanted = await parse_body(request, NoteRequest)
        receipt = add_note(services.office, order, lead_id, wanted.text, wanted.intern)
        made = rendered(library, caller, receipt, lambda: read.note(library, caller, lead_id, receipt.ids[0]))
        return answer(made, receipt.status)

    return [
        guarded(
            "GET",
            "/leads/{lead_id}/notes",
            list_notes,
            Right.LEAD_READ,
            spec=_LIST,
            access=Access("note.list", thing="lead"),
        ),
        guarded(
            "POST",
            "/leads/{lead_id}/notes",
            add,
            Right.LEAD_WRITE,
            spec=_ADD,
            access=Access("note.add", thing="lead"),
        ),
    ]
