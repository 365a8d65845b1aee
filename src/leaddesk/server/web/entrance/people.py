"""``/me``, ``/members``, ``/test``: who asks, and which names stand beside responsibles."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import member_urn
from leaddesk.contract.people import Me, Member
from leaddesk.contract.signin import Condition
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.web.edge.access import DIRECTORY, Access, Harmless
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Spec

Neighbours = Callable[[Caller], Iterable[Member]]
"""Firms that appear in a tenant's leads: its sales partners, and the owners of leads it was given."""

FORMER = "former-member"
"""Who has left; named beside what they closed, nobody to hand anything to."""

_ME = Spec("Who asks, for which tenant, with which rights", Me)
_MEMBERS = Spec("Names beside responsibles: the own people, and firms one works with", Member, many=True)
_TEST = Spec("Check a key", Condition)


def routes(identity: Identity, neighbours: Neighbours) -> list[BaseRoute]:
    """Return the endpoints every signed-in caller may use."""
    desk = _People(identity, neighbours)
    return [
        guarded("GET", "/me", desk.me, spec=_ME, access=Harmless("the caller's own name and rights")),
        guarded("GET", "/members", desk.members, spec=_MEMBERS, access=Access("member.list", DIRECTORY)),
        guarded("GET", "/test", desk.test, spec=_TEST, access=Harmless("the same word for everyone")),
    ]


class _People:
    def __init__(self, identity: Identity, neighbours: Neighbours) -> None:
        self._identity = identity
        self._neighbours = neighbours

    async def me(self, _request: Request, caller: Caller) -> Response:
        return answer(await self._identity.apart(lambda: self._identity.me(caller)))

    async def members(self, _request: Request, caller: Caller) -> Response:
        directory = self._identity.people
        people = await self._identity.apart(lambda: directory.members(caller.tenant_id))
        own = [Member(urn=member_urn(person.member_id), name=person.name) for person in people]
        left = await self._identity.apart(lambda: self._identity.roster.former(caller.tenant_id))
        former = [Member(urn=member_urn(member), name=name, kind=FORMER) for member, name in left]
        return answers([*own, *former, *self._neighbours(caller)])

    async def test(self, _request: Request, _caller: Caller) -> Response:
        return answer(Condition(status="valid"))
