"""``/members/*``: what admins do with other people's accounts – roles, leaving, a lost second factor."""

import asyncio
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import MemberAccount, RemovalRequest, RoleRequest
from leaddesk.contract.ids import MemberId, member_urn
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members.changing import note_reset, remove, set_role
from leaddesk.server.commands.members.passing import passing
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.joining.roster import Listed
from leaddesk.server.identity.people import PersonRecord
from leaddesk.server.web.accounts.letters import base_of, factor_letter, throw_in
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answers, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of, person_of

_KEYED = (IDEMPOTENCY_KEY,)
_LIST = Spec("The members with role, e-mail and what they sign in with", MemberAccount, many=True)
_ROLE = Spec(
    "Give a member another role, at once; an auditor's leads need a place",
    status=204,
    body=RoleRequest,
    params=_KEYED,
    problems=(ProblemType.LAST_ADMIN, ProblemType.WRONG_STATE, ProblemType.INVALID_INPUT),
)
_REMOVE = Spec(
    "Let a member be one no more: out at once, their leads a colleague's, their name beside what they did",
    status=204,
    body=RemovalRequest,
    params=_KEYED,
    problems=(ProblemType.LAST_ADMIN, ProblemType.WRONG_STATE, ProblemType.INVALID_INPUT),
)
_RESET = Spec(
    "Take a colleague's lost second factor away: their sessions end, and they are told by mail",
    status=204,
    params=_KEYED,
    problems=(ProblemType.OWN_REQUEST, ProblemType.NO_MAIL, ProblemType.WRONG_STATE),
    on_loop=True,
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    desk, right, one = _Members(services), Right.MEMBER_MANAGE, "/members/{member_id}"

    def act(name: str) -> Access:
        return Access(f"member.{name}", ADMINISTRATION, "member")

    listing = Access("member.list-accounts", ADMINISTRATION)
    return [
        guarded("GET", "/members/accounts", desk.everybody, right, spec=_LIST, access=listing),
        guarded("PUT", f"{one}/role", desk.role, right, spec=_ROLE, access=act("set-role")),
        guarded("POST", f"{one}/removal", desk.removal, right, spec=_REMOVE, access=act("remove")),
        guarded("DELETE", f"{one}/second-factor", desk.reset, right, spec=_RESET, access=act("reset-factor")),
    ]


class _Members:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._identity = services.identity

    async def everybody(self, _request: Request, caller: Caller) -> Response:
        tenant = caller.tenant_id
        found = await self._identity.apart(lambda: self._identity.roster.of(tenant))
        return answers(_shown(one) for one in found)

    async def role(self, request: Request, caller: Caller) -> Response:
        who, member = person_of(caller), MemberId(path_uuid(request, "member_id"))
        order, wanted = await order_of(request, who), await parse_body(request, RoleRequest)
        set_role(self._services.office, self._identity, order, member, wanted)
        await self._pass_on(who)
        return no_content()

    async def removal(self, request: Request, caller: Caller) -> Response:
        who, member = person_of(caller), MemberId(path_uuid(request, "member_id"))
        order, wanted = await order_of(request, who), await parse_body(request, RemovalRequest)
        remove(self._services.office, self._identity, order, member, wanted)
        await self._pass_on(who)
        return no_content()

    async def reset(self, request: Request, caller: Caller) -> Response:
        who, member = person_of(caller), MemberId(path_uuid(request, "member_id"))
        order, base = await order_of(request, who), base_of(request, self._services)
        if member == who.member_id:
            raise Refused(ProblemType.OWN_REQUEST)
        roster, whose = self._identity.roster, (who.tenant_id, member)
        has_mail = self._services.outside.postbox.is_open
        if not has_mail and await self._identity.apart(lambda: roster.has_short_password(*whose)):
            raise Refused(ProblemType.NO_MAIL)  # it counts no more, and only a link sets another
        instead = await self._identity.passwords.hashed(Secret(secrets.token_urlsafe(32)))
        done: list[PersonRecord] = []

        def work() -> None:
            done.append(roster.reset_factor(*whose, instead))

        office = self._services.office
        await self._identity.apart(lambda: note_reset(office, order, member, work))
        if has_mail and done:
            throw_in(self._services, lambda: factor_letter(base, done[-1].email))
        return no_content()

    async def _pass_on(self, who: Caller) -> None:
        """Pass leads on, some at a time: others have their turn in between."""
        for _ in passing(self._services.office, Scope(who.tenant_id)):
            await asyncio.sleep(0)


def _shown(one: Listed) -> MemberAccount:
    person = one.person
    found = {
        "member_id": person.member_id,
        "urn": member_urn(person.member_id),
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "rights": sorted(person.extra_rights),
        "has_password": one.has_password,
        "has_second_factor": one.has_factor,
    }
    return MemberAccount.model_validate(found)
