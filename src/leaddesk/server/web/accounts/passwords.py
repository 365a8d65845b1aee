"""``/password-resets`` and ``/me/password``: a new password, by mail or beside the present one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import PasswordRequest, RedeemRequest, ResetRequest
from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.accounts.letters import base_of, changed_letter, reset_letter, throw_in
from leaddesk.server.web.edge.access import ACCOUNT, Access
from leaddesk.server.web.edge.answers import no_content
from leaddesk.server.web.edge.inputs import parse_body, source_of
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.services import Services, person_of

_ASK = Spec(
    "Send a link for a new password; the same answer for everybody, known or not",
    status=202,
    body=ResetRequest,
    problems=(ProblemType.NO_MAIL, ProblemType.TOO_MANY_REQUESTS),
)
_REDEEM = Spec(
    "Set a new password with the ticket of the link; all sessions end",
    status=204,
    body=RedeemRequest,
    problems=(ProblemType.TICKET_OVER, ProblemType.WEAK_PASSWORD, ProblemType.TOO_MANY_REQUESTS),
)
_CHANGE = Spec(
    "Change the own password; all other sessions end. Knows no idempotency key",
    status=204,
    body=PasswordRequest,
    problems=(ProblemType.FORBIDDEN, ProblemType.SIGN_IN_REFUSED, ProblemType.WEAK_PASSWORD),
    on_loop=True,
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    desk = PasswordDesk(services)

    async def ask(request: Request) -> Response:
        asked = await parse_body(request, ResetRequest)
        await desk.ask(request, asked.email)
        return Response(None, 202)

    async def redeem(request: Request) -> Response:
        asked = await parse_body(request, RedeemRequest)
        await desk.redeem(Secret(asked.ticket), Secret(asked.password))
        return no_content()

    async def change(request: Request, caller: Caller) -> Response:
        who, asked = person_of(caller), await parse_body(request, PasswordRequest)
        present, source = Secret(asked.password), source_of(request)
        await services.identity.freshness.by_password(who, present, source)
        whose, new = (who.tenant_id, who.member_id), Secret(asked.new_password)
        person = await services.identity.resets.change(*whose, new, who.session)
        desk.tell(person.email)
        services.office.log.wakeups.notify(who.tenant_id)
        return no_content()

    return [
        open_to_all("POST", "/password-resets", ask, _ASK),
        open_to_all("POST", "/password-resets/redeem", redeem, _REDEEM),
        guarded("PUT", "/me/password", change, spec=_CHANGE, access=Access("password.change", ACCOUNT)),
    ]


class PasswordDesk:
    """What the endpoints and the pages share."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._resets = services.identity.resets

    async def ask(self, request: Request, email: str) -> None:
        """Have a link sent, if there is such a person. Raises ``Refused`` without mail, ``Throttled``."""
        source, base = source_of(request), base_of(request, self._services)
        await self._services.identity.apart(lambda: self._resets.ask(email, source))
        throw_in(self._services, lambda: reset_letter(base, self._resets.way(email)))

    async def redeem(self, ticket: Secret, password: Secret) -> None:
        """Set a password. Raises ``TicketOver``, ``WeakPassword``."""
        person = await self._resets.redeem(ticket, password)
        self.tell(person.email)
        self._services.office.log.wakeups.notify(person.tenant_id)

    def tell(self, email: str) -> None:
        """Tell somebody that their password was changed, where there is mail."""
        if self._services.outside.postbox.is_open:
            throw_in(self._services, lambda: changed_letter(email))
