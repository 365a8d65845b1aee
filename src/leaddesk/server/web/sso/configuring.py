"""``/tenant/single-sign-on``: admins say where their people sign in, and try it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.single_sign_on import SingleSignOn, SingleSignOnRequest, SingleSignOnTest
from leaddesk.server.domain.refusal import Refused, invalid, not_found
from leaddesk.server.hooks.addresses import WrongAddress, read_url
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.beside.asking import ProviderFailed
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answer, no_content
from leaddesk.server.web.edge.inputs import parse_body
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of
from leaddesk.server.web.sso.firm import Firms, FirmSignIn
from leaddesk.server.web.sso.setting import remove_provider, set_provider

PLACE = "/tenant/single-sign-on"
_GET = Spec("Where the tenant's people sign in", SingleSignOn)
_PUT = Spec(
    "Set where the tenant's people sign in (OpenID Connect)",
    SingleSignOn,
    body=SingleSignOnRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.INVALID_INPUT,),
)
_DELETE = Spec(
    "Sign in with passwords only",
    status=204,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.NOT_FOUND, ProblemType.WRONG_STATE),
)
_TEST = Spec(
    "Ask the provider what signing in needs of it; nobody signs in",
    SingleSignOnTest,
    problems=(ProblemType.NOT_FOUND,),
    on_loop=True,
)


class Configuring:
    """The endpoints for admins."""

    def __init__(self, services: Services, firms: Firms, way: FirmSignIn) -> None:
        self._services = services
        self._firms = firms
        self._way = way

    def routes(self) -> list[BaseRoute]:
        """Register them."""
        right = Right.POLICY_MANAGE
        read, changed, tried = (
            Access(f"single-sign-on.{act}", ADMINISTRATION) for act in ("read", "set", "test")
        )
        return [
            guarded("GET", PLACE, self.get, right, spec=_GET, access=read),
            guarded("PUT", PLACE, self.put, right, spec=_PUT, access=changed),
            guarded("DELETE", PLACE, self.delete, right, spec=_DELETE, access=changed),
            guarded("POST", f"{PLACE}/test", self.test, right, spec=_TEST, access=tried),
        ]

    async def get(self, request: Request, caller: Caller) -> Response:
        """Tell what is set; the secret is not shown."""
        identity, tenant = self._services.identity, caller.tenant_id
        provider = await identity.apart(lambda: self._firms.providers.of(tenant))
        redirect = self._way.redirect(request, tenant)
        if provider is None:
            return answer(SingleSignOn(redirect_uri=redirect))
        return answer(
            SingleSignOn(
                redirect_uri=redirect,
                issuer=provider.issuer,
                client_id=provider.client_id,
                has_secret=bool(provider.client_secret),
                domains=list(provider.domains),
            )
        )

    async def put(self, request: Request, caller: Caller) -> Response:
        """Set it."""
        order, wanted = await order_of(request, caller), await parse_body(request, SingleSignOnRequest)
        try:
            read_url(wanted.issuer, self._services.outside.loopback_hooks)
        except WrongAddress as wrong:
            raise invalid("issuer", wrong.expected) from None
        set_provider(self._services.office, self._firms.domains, self._firms.providers, order, wanted)
        return await self.get(request, caller)

    async def delete(self, request: Request, caller: Caller) -> Response:
        """Remove it."""
        order, people = await order_of(request, caller), self._services.identity.people
        if people.tenant(caller.tenant_id).sign_in.firm_only:
            raise Refused(ProblemType.WRONG_STATE, field="firmOnly", expected="passwords that let people in")
        remove_provider(self._services.office, self._firms.providers, order)
        return no_content()

    async def test(self, _request: Request, caller: Caller) -> Response:
        """Try it."""
        identity, tenant = self._services.identity, caller.tenant_id
        provider = await identity.apart(lambda: self._firms.providers.of(tenant))
        if provider is None:
            raise not_found()
        try:
            await self._firms.speaker.key_set(await self._firms.speaker.metadata(provider.issuer))
        except ProviderFailed as failed:
            return answer(SingleSignOnTest(works=False, reason=failed.reason))
        return answer(SingleSignOnTest(works=True))
