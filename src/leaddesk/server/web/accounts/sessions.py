"""``/sessions``: where one is signed in, and ending that (measures A5, A6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import Session
from leaddesk.contract.problems import ProblemType
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.tokens.register import SessionRecord
from leaddesk.server.web.edge.access import ACCOUNT, Access
from leaddesk.server.web.edge.answers import answers, no_content
from leaddesk.server.web.edge.inputs import path_uuid
from leaddesk.server.web.edge.problems import not_found
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, once, order_of, person_of

_NOT_FOR_MACHINES = (ProblemType.FORBIDDEN,)
_LIST = Spec("Where one is signed in", Session, many=True, problems=_NOT_FOR_MACHINES)
_END = Spec("Sign out one device", status=204, params=(IDEMPOTENCY_KEY,), problems=_NOT_FOR_MACHINES)
_END_OTHERS = Spec(
    "Sign out all devices but this one", status=204, params=(IDEMPOTENCY_KEY,), problems=_NOT_FOR_MACHINES
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    identity = services.identity

    async def everything(_request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        found = await identity.apart(lambda: identity.register.of(who.tenant_id, who.member_id))
        return answers(_shown(one, caller) for one in found)

    async def end(request: Request, caller: Caller) -> Response:
        who, name = person_of(caller), path_uuid(request, "session_id")
        order = await order_of(request, who)

        def work() -> None:
            if not identity.register.end(who.tenant_id, who.member_id, name):
                raise not_found()

        once(services, order, work)
        services.office.log.wakeups.notify(who.tenant_id)
        return no_content()

    async def end_others(request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order = await order_of(request, who)
        whose = who.tenant_id, who.member_id
        once(services, order, lambda: _ignore(identity.register.end_others(*whose, who.session)))
        services.office.log.wakeups.notify(who.tenant_id)
        return no_content()

    return [
        guarded("GET", "/sessions", everything, spec=_LIST, access=Access("session.list", ACCOUNT)),
        guarded(
            "DELETE", "/sessions", end_others, spec=_END_OTHERS, access=Access("session.end-others", ACCOUNT)
        ),
        guarded(
            "DELETE",
            "/sessions/{session_id}",
            end,
            spec=_END,
            access=Access("session.end", ACCOUNT, "session"),
        ),
    ]


def _shown(record: SessionRecord, caller: Caller) -> Session:
    found = {
        "session_id": record.name,
        "device": record.device,
        "began_at": record.began_at,
        "used_at": record.used_at,
        "ends_at": record.ends_at,
        "is_current": record.session == caller.session,
    }
    return Session.model_validate(found)


def _ignore(_count: int) -> None:
    """How many it were is nobody's business: there may have been none."""
