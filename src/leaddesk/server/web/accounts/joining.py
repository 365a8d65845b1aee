"""``/members/invitations`` and ``/registrations``: how somebody becomes a member of a tenant (measure A5)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import InviteMemberRequest, MemberInvitation, RegistrationRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members.inviting import invite, note_joining, withdraw
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.joining.invitations import InvitationRecord
from leaddesk.server.mail.letters import Letter
from leaddesk.server.web.accounts.letters import base_of, invitation_letter, throw_in
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answer, answers, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of, person_of

_LIST = Spec("Invitations of members that wait for their answer", MemberInvitation, many=True)
_INVITE = Spec(
    "Invite somebody by mail; whether there is such an account already is told to that address alone",
    MemberInvitation,
    status=201,
    body=InviteMemberRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.NO_MAIL, ProblemType.LIMIT_REACHED),
)
_WITHDRAW = Spec("Withdraw an invitation", status=204, params=(IDEMPOTENCY_KEY,))
_REGISTER = Spec(
    "Become a member with the ticket of an invitation",
    status=204,
    body=RegistrationRequest,
    problems=(
        ProblemType.TICKET_OVER,
        ProblemType.WEAK_PASSWORD,
        ProblemType.WRONG_STATE,
        ProblemType.TOO_MANY_REQUESTS,
    ),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    desk, right, path = _Joining(services), Right.MEMBER_MANAGE, "/members/invitations"
    listing, inviting = (Access(f"invitation.{act}", ADMINISTRATION) for act in ("list", "make"))
    ending = Access("invitation.withdraw", ADMINISTRATION, "invitation")
    return [
        guarded("GET", path, desk.everything, right, spec=_LIST, access=listing),
        guarded("POST", path, desk.invite, right, spec=_INVITE, access=inviting),
        guarded("DELETE", f"{path}/{{invitation_id}}", desk.end, right, spec=_WITHDRAW, access=ending),
        open_to_all("POST", "/registrations", desk.register, _REGISTER),
    ]


class _Joining:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._invitations = services.identity.invitations

    async def everything(self, _request: Request, caller: Caller) -> Response:
        tenant = caller.tenant_id
        found = await self._services.identity.apart(lambda: self._invitations.of(tenant))
        return answers(_shown(one) for one in found)

    async def invite(self, request: Request, caller: Caller) -> Response:
        who, base = person_of(caller), base_of(request, self._services)
        order, wanted = await order_of(request, who), await parse_body(request, InviteMemberRequest)
        if not self._services.outside.postbox.is_open:
            raise Refused(ProblemType.NO_MAIL)
        made, ticket = invite(self._services.office, self._invitations, order, wanted)
        if ticket is not None:
            self._write(base, who, wanted.email.strip(), ticket)
        found = [one for one in self._invitations.of(who.tenant_id) if one.invitation_id == made]
        if not found:  # asked again after it was answered or withdrawn
            raise Refused(ProblemType.ERASED)
        return answer(_shown(found[0]), 201)

    async def end(self, request: Request, caller: Caller) -> Response:
        order = await order_of(request, caller)
        withdraw(self._services.office, self._invitations, order, path_uuid(request, "invitation_id"))
        return no_content()

    async def register(self, request: Request) -> Response:
        asked = await parse_body(request, RegistrationRequest)
        await join(self._services, Secret(asked.ticket), asked.name, Secret(asked.password))
        return no_content()

    def _write(self, base: str, who: Caller, email: str, ticket: Secret) -> None:
        firm = self._services.identity.people.firm_of(who.tenant_id) or ""

        def writing() -> Letter:
            is_taken = self._invitations.is_taken(email)
            return invitation_letter(base, firm, email, None if is_taken else ticket)

        throw_in(self._services, writing)


async def join(services: Services, ticket: Secret, name: str, password: Secret) -> None:
    """Let somebody in who was invited. Raises ``TicketOver``, ``WeakPassword``, ``Refused`` (in use)."""
    try:
        person = await services.identity.invitations.accept(ticket, " ".join(name.split()), password)
    except ValueError as refusal:
        if type(refusal) is not ValueError:
            raise
        raise Refused(
            ProblemType.WRONG_STATE, field="email", expected="an address without an account"
        ) from None
    await services.identity.apart(lambda: note_joining(services.office, person))


def _shown(record: InvitationRecord) -> MemberInvitation:
    found = {
        "invitation_id": record.invitation_id,
        "email": record.email.reveal(),
        "role": record.role,
        "invited_by": record.invited_by,
        "created_at": record.made_at,
        "expires_at": record.expires_at,
    }
    return MemberInvitation.model_validate(found)
