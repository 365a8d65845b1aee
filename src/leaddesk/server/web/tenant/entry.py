"""How the tenant's people come in: the rules of signing in, and the networks (measures A6, B6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import MemberId
from leaddesk.contract.people import Right, Role
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.tenant import Networks, NetworksRequest, SignInPolicy, SignInPolicyRequest
from leaddesk.server.commands.tenant import checked_networks, set_networks, set_sign_in_policy
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.firms.providers import Providers
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.web.edge.access import ADMINISTRATION, Access, Harmless
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import parse_body, source_of
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_RULES = Harmless("switches, hours and minutes")
_GET_RULES = Spec("How members of the tenant sign in", SignInPolicy)
_PUT_RULES = Spec(
    "Set how members sign in; whoever asks admins for a second factor has one",
    SignInPolicy,
    body=SignInPolicyRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.WRONG_STATE,),
)
_GET_NETWORKS = Spec("Where the tenant's people may come from, and the address that asks", Networks)
_PUT_NETWORKS = Spec(
    "Set where the tenant's people may come from, and keys that name no networks; empty: from anywhere",
    Networks,
    body=NetworksRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.LOCKS_OUT, ProblemType.INVALID_INPUT),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, identity, people = services.office, services.identity, services.identity.people

    async def get_rules(_request: Request, caller: Caller) -> Response:
        return answer((await identity.apart(lambda: people.tenant(caller.tenant_id))).sign_in)

    async def put_rules(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, SignInPolicyRequest)
        wanted = _checked(identity, caller, wanted)
        set_sign_in_policy(office, identity, order, wanted)
        return await get_rules(request, caller)

    async def get_networks(request: Request, caller: Caller) -> Response:
        tenant = await identity.apart(lambda: people.tenant(caller.tenant_id))
        return answer(Networks(networks=list(tenant.networks), yours=source_of(request)))

    async def put_networks(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, NetworksRequest)
        networks = checked_networks(wanted.networks)
        if not wanted.lock_me_out and not lets_in(networks, source_of(request)):
            raise Refused(ProblemType.LOCKS_OUT)
        set_networks(office, people, order, networks)
        return await get_networks(request, caller)

    right, rules, networks = Right.POLICY_MANAGE, "/tenant/sign-in-policy", "/tenant/networks"
    reading, setting = (Access(f"networks.{act}", ADMINISTRATION) for act in ("read", "set"))
    return [
        guarded("GET", rules, get_rules, spec=_GET_RULES, access=_RULES),
        guarded("PUT", rules, put_rules, right, spec=_PUT_RULES, access=_RULES),
        guarded("GET", networks, get_networks, right, spec=_GET_NETWORKS, access=reading),
        guarded("PUT", networks, put_networks, right, spec=_PUT_NETWORKS, access=setting),
    ]


def _checked(identity: Identity, caller: Caller, wanted: SignInPolicyRequest) -> SignInPolicyRequest:
    """Fill in what was not sent, and check that who asks, and somebody at all, can still come in."""
    if wanted.second_factor_for_admins and caller.role is Role.ADMIN:
        standing = identity.factors.standing(caller.tenant_id, caller.member_id)
        if standing.since is None:  # they would lose the right to set it back
            raise Refused(ProblemType.WRONG_STATE, field="secondFactorForAdmins", expected="one of your own")
    known = identity.people.tenant(caller.tenant_id).sign_in
    firm_only = known.firm_only if wanted.firm_only is None else wanted.firm_only
    break_glass = known.break_glass if wanted.break_glass is None else wanted.break_glass
    if firm_only:
        _check_firm_only(identity, caller, break_glass)
    return wanted.model_copy(update={"firm_only": firm_only, "break_glass": break_glass})


def _check_firm_only(identity: Identity, caller: Caller, break_glass: list[MemberId]) -> None:
    """Let only a tenant shut the door of passwords that has another one, and a way in when that fails."""
    if Providers(identity.people.books).of(caller.tenant_id) is None:
        raise Refused(
            ProblemType.WRONG_STATE, field="firmOnly", expected="a company sign-in (/tenant/single-sign-on)"
        )
    ready = {
        one.person.member_id
        for one in identity.roster.of(caller.tenant_id)
        if one.person.role is Role.ADMIN and one.has_password and one.has_factor
    }
    if not break_glass or not set(break_glass) <= ready:
        raise Refused(
            ProblemType.WRONG_STATE, field="breakGlass", expected="admins with a password and a second factor"
        )
