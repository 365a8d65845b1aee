"""``/me/email`` and ``/email-changes``: another address, confirmed from there and told to the old one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import EmailConfirmation, EmailRequest
from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members.changing import note_moving
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.joining.emails import EmailInUse
from leaddesk.server.web.accounts.letters import base_of, email_letter, moved_letter, throw_in
from leaddesk.server.web.edge.access import ACCOUNT, Access
from leaddesk.server.web.edge.answers import no_content
from leaddesk.server.web.edge.inputs import parse_body, source_of
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.services import Services, person_of

_ASK = Spec(
    "Ask for another e-mail address; a link goes there, and the answer is the same whoever has it. "
    "Knows no idempotency key: asking again ends the former link",
    status=202,
    body=EmailRequest,
    problems=(ProblemType.FORBIDDEN, ProblemType.NO_MAIL, ProblemType.TOO_MANY_REQUESTS),
    on_loop=True,
)
_CONFIRM = Spec(
    "Confirm a new e-mail address with the ticket of the link; the old one is told",
    status=204,
    body=EmailConfirmation,
    problems=(ProblemType.TICKET_OVER, ProblemType.WRONG_STATE, ProblemType.TOO_MANY_REQUESTS),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    emails, identity = services.identity.emails, services.identity

    async def ask(request: Request, caller: Caller) -> Response:
        who, asked = person_of(caller), await parse_body(request, EmailRequest)
        base, source, email = base_of(request, services), source_of(request), asked.email.strip()
        await identity.apart(lambda: emails.ask(who.member_id, source))
        whose = who.tenant_id, who.member_id
        throw_in(services, lambda: email_letter(base, email, emails.ticket(*whose, email)))
        return Response(None, 202)

    async def confirmed(request: Request) -> Response:
        asked = await parse_body(request, EmailConfirmation)
        await confirm(services, Secret(asked.ticket))
        return no_content()

    return [
        guarded("POST", "/me/email", ask, spec=_ASK, access=Access("email.ask", ACCOUNT)),
        open_to_all("POST", "/email-changes", confirmed, _CONFIRM),
    ]


async def confirm(services: Services, ticket: Secret) -> None:
    """Put a confirmed address in the old one's place. Raises ``TicketOver``, ``Refused`` (in use)."""
    identity = services.identity
    try:
        moved = await identity.apart(lambda: identity.emails.confirm(ticket))
    except EmailInUse:
        raise Refused(
            ProblemType.WRONG_STATE, field="email", expected="an address without an account"
        ) from None
    await identity.apart(lambda: note_moving(services.office, moved))
    if services.outside.postbox.is_open:
        throw_in(services, lambda: moved_letter(moved.old))
