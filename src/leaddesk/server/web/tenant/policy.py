"""The tenant's policy: what every workstation is asked, and which leads reps receive (measures A4, A10)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right, TenantPolicy
from leaddesk.contract.tenant import TenantPolicyRequest
from leaddesk.server.commands.tenant import set_policy
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.edge.access import Harmless
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import parse_body
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_RULES = Harmless("switches and minutes")


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    identity, people = services.identity, services.identity.people

    async def get(_request: Request, caller: Caller) -> Response:
        return answer((await identity.apart(lambda: people.tenant(caller.tenant_id))).policy)

    async def put(request: Request, caller: Caller) -> Response:
        order = await order_of(request, caller)
        set_policy(services.office, people, order, await parse_body(request, TenantPolicyRequest))
        return await get(request, caller)

    return [
        guarded("GET", "/tenant/policy", get, spec=Spec("The tenant's policy", TenantPolicy), access=_RULES),
        guarded(
            "PUT",
            "/tenant/policy",
            put,
            Right.POLICY_MANAGE,
            spec=Spec(
                "Set the tenant's policy",
                TenantPolicy,
                body=TenantPolicyRequest,
                params=(IDEMPOTENCY_KEY,),
            ),
            access=_RULES,
        ),
    ]
