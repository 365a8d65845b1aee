"""Invitations: the code that an inviting firm passes on, and the answer of the firm that holds it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sales_partners import Invitation, InvitationAnswer
from leaddesk.server.commands.partners.invitations import accept_invitation, decline_invitation
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.references import invitation
from leaddesk.server.web.edge.access import PARTNERSHIP, Access
from leaddesk.server.web.edge.answers import answer, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_CODE = Spec("The code of an open invitation", Invitation, problems=(ProblemType.WRONG_STATE,))
_ACCEPT = Spec(
    "Become a partner of the firm that invited",
    status=204,
    body=InvitationAnswer,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.NOT_FOUND, ProblemType.WRONG_STATE),
)
_DECLINE = Spec(
    "Say no to an invitation",
    status=204,
    body=InvitationAnswer,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.NOT_FOUND, ProblemType.WRONG_STATE),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, library = services.office, services.library

    async def code(request: Request, caller: Caller) -> Response:
        return answer(invitation(library, caller, path_uuid(request, "sales_partner_id")))

    async def accept(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, InvitationAnswer)
        firm = library.directory.firm_of(caller.tenant_id) or ""
        accept_invitation(office, order, wanted.code, firm)
        return no_content()

    async def decline(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, InvitationAnswer)
        decline_invitation(office, order, wanted.code)
        return no_content()

    manage = Right.PARTNER_MANAGE
    return [
        guarded(
            "GET",
            "/sales-partners/{sales_partner_id}/invitation",
            code,
            manage,
            spec=_CODE,
            access=Access("sales-partner.invitation", PARTNERSHIP, "sales-partner"),
        ),
        guarded(
            "POST",
            "/invitations/accept",
            accept,
            manage,
            spec=_ACCEPT,
            access=Access("invitation.accept", PARTNERSHIP),
        ),
        guarded(
            "POST",
            "/invitations/decline",
            decline,
            manage,
            spec=_DECLINE,
            access=Access("invitation.decline", PARTNERSHIP),
        ),
    ]
