"""``/me/step-up``, ``/me/second-factor``, ``/me/recovery-codes``: showing who one is, and with what."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import CodeRequest, RecoveryCodes, SecondFactor, SecondFactorSecret
from leaddesk.contract.people import Role
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import (
    CLIENT_ID,
    PushedRequest,
    PushStepUpRequest,
    StepUpRequest,
    StepUpWays,
)
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members.changing import NOT_LISTED
from leaddesk.server.commands.office import Order
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.authorization.redirects import is_redirect
from leaddesk.server.identity.authorization.requests import Asked
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.joining.roster import BreaksGlass, check_glass
from leaddesk.server.identity.people import has_short_password
from leaddesk.server.identity.proving.confirming import LIFETIME
from leaddesk.server.identity.proving.factors import AlreadyEnrolled, NotEnrolled
from leaddesk.server.identity.proving.totp import address_of, shown
from leaddesk.server.identity.refusals import TicketOver
from leaddesk.server.identity.tokens.codes import is_challenge, is_verifier
from leaddesk.server.web.edge.access import ACCOUNT, Access, Harmless
from leaddesk.server.web.edge.answers import answer, no_content
from leaddesk.server.web.edge.inputs import parse_body, source_of
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, once, order_of, person_of
from leaddesk.server.web.signin.authorize import REQUEST_URI, S256, is_state

_PEOPLE = ProblemType.FORBIDDEN
_KEYED = (IDEMPOTENCY_KEY,)
_STEP_UP = Spec(
    "Show once more who one is, for sensitive acts in the next minutes; knows no idempotency key",
    status=204,
    body=StepUpRequest,
    problems=(_PEOPLE, ProblemType.SIGN_IN_REFUSED, ProblemType.TICKET_OVER, ProblemType.INVALID_INPUT),
    on_loop=True,
)
_WAYS = Spec("How one can show once more who one is", StepUpWays, problems=(_PEOPLE,), on_loop=True)
_PUSH = Spec(
    "Begin to show it in a browser: a name for `/oauth/authorize`, good for three minutes and one "
    "confirmation of this session (RFC 9126); knows no idempotency key",
    PushedRequest,
    status=201,
    body=PushStepUpRequest,
    problems=(_PEOPLE,),
    on_loop=True,
)
_STANDING = Spec("Whether there is a second factor", SecondFactor, problems=(_PEOPLE,))
_BEGIN = Spec(
    "Draw a secret for an authenticator app; it counts once its first code was confirmed",
    SecondFactorSecret,
    status=201,
    params=_KEYED,
    problems=(_PEOPLE, ProblemType.WRONG_STATE, ProblemType.SECRET_ALREADY_SHOWN),
)
_CONFIRM = Spec(
    "Confirm the app with its first code; the answer is the only one that shows the recovery codes",
    RecoveryCodes,
    body=CodeRequest,
    params=_KEYED,
    problems=(
        _PEOPLE,
        ProblemType.WRONG_STATE,
        ProblemType.SIGN_IN_REFUSED,
        ProblemType.SECRET_ALREADY_SHOWN,
    ),
)
_RENEW = Spec(
    "Draw new recovery codes; the old ones are good no more",
    RecoveryCodes,
    params=_KEYED,
    problems=(_PEOPLE, ProblemType.WRONG_STATE, ProblemType.SECRET_ALREADY_SHOWN),
)
_REMOVE = Spec(
    "Take the second factor away; a password that is too short alone has to be changed before",
    status=204,
    params=_KEYED,
    problems=(_PEOPLE, ProblemType.WRONG_STATE),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    desk = _Proving(services)

    def act(name: str) -> Access:
        return Access(f"second-factor.{name}", ACCOUNT)

    one, path = "/me/second-factor", "/me/recovery-codes"
    return [
        guarded(
            "POST",
            "/me/step-up",
            desk.step_up,
            spec=_STEP_UP,
            access=Access("step-up", ACCOUNT),
        ),
        guarded(
            "GET", "/me/step-up", desk.ways, spec=_WAYS, access=Harmless("what the caller signs in with")
        ),
        guarded(
            "POST", "/me/step-up/requests", desk.push, spec=_PUSH, access=Access("step-up.begin", ACCOUNT)
        ),
        guarded("GET", one, desk.standing, spec=_STANDING, access=act("read")),
        guarded("POST", one, desk.begin, spec=_BEGIN, access=act("begin")),
        guarded("POST", f"{one}/confirm", desk.confirm, spec=_CONFIRM, access=act("confirm")),
        guarded("DELETE", one, desk.remove, spec=_REMOVE, access=act("remove")),
        guarded("POST", path, desk.renew, spec=_RENEW, access=act("renew-codes")),
    ]


class _Proving:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._identity = services.identity
        self._factors = services.identity.factors

    async def step_up(self, request: Request, caller: Caller) -> Response:
        who, asked = person_of(caller), await parse_body(request, StepUpRequest)
        freshness, source = self._identity.freshness, source_of(request)
        brought = asked.authorization_code, asked.code_verifier, asked.redirect_uri
        if sum((asked.password is not None, asked.code is not None, any(brought))) != 1:
            raise invalid("password", "a password, a code, or what a browser brought: one of them")
        if asked.password is not None:
            await freshness.by_password(who, Secret(asked.password), source)
        elif asked.code is not None:
            await freshness.by_code(who, Secret(asked.code), source)
        else:
            await self._by_browser(who, brought)
        return no_content()

    async def _by_browser(self, who: Caller, brought: tuple[str | None, str | None, str | None]) -> None:
        """Take what a browser brought; a code that is not this session's is on record as well."""
        code, verifier, redirect = brought
        if not code or not redirect or not is_verifier(verifier or ""):
            raise invalid("codeVerifier", "with authorizationCode and redirectUri, as RFC 7636 has it")
        try:
            taking = self._identity.confirmations.take
            await taking(who, Secret(code), Secret(verifier or ""), redirect)
        except TicketOver:
            raise Refused(ProblemType.TICKET_OVER) from None

    async def ways(self, _request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        return answer(StepUpWays(ways=list(await self._identity.confirmations.ways(who))))

    async def push(self, request: Request, caller: Caller) -> Response:
        who, asked = person_of(caller), await parse_body(request, PushStepUpRequest)
        if not is_redirect(CLIENT_ID, asked.redirect_uri):
            raise invalid("redirectUri", "the client's loopback address: 127.0.0.1 or [::1], any port")
        if asked.code_challenge_method != S256 or not is_challenge(asked.code_challenge):
            raise invalid("codeChallenge", "S256: 43 characters, base64url of a SHA-256")
        if asked.state is not None and not is_state(asked.state):
            raise invalid("state", "1 to 1,024 printable characters of ASCII")
        wanted = Asked(CLIENT_ID, asked.redirect_uri, asked.code_challenge, asked.state)
        name = await self._identity.confirmations.begin(who, wanted)
        seconds = int(LIFETIME.total_seconds())
        pushed = PushedRequest(request_uri=REQUEST_URI + name.reveal(), expires_in=seconds)
        return answer(pushed, 201, {"cache-control": "no-store"})

    async def standing(self, _request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        found = await self._identity.apart(lambda: self._factors.standing(who.tenant_id, who.member_id))
        tenant = await self._identity.apart(lambda: self._identity.people.tenant(who.tenant_id))
        facts = {
            "is_enrolled": found.since is not None,
            "is_required": tenant.sign_in.second_factor_for_admins and who.role is Role.ADMIN,
            "recovery_codes_left": found.codes_left,
            "since": found.since,
        }
        return answer(SecondFactor.model_validate(facts))

    async def begin(self, request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order, drawn = await order_of(request, who), list[bytes]()

        def work() -> None:
            try:
                drawn.append(self._factors.begin(who.tenant_id, who.member_id))
            except AlreadyEnrolled:
                raise Refused(ProblemType.WRONG_STATE) from None

        once(self._services, order, work, 201, self._services.office.new_id())
        person = self._identity.people.person(who.tenant_id, who.member_id)
        email = person.email if person else ""
        uri = address_of(drawn[0], self._identity.issuer, email)
        return answer(SecondFactorSecret(secret=shown(drawn[0]).reveal(), uri=uri.reveal()), 201)

    async def confirm(self, request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order, asked = await order_of(request, who), await parse_body(request, CodeRequest)

        def draw() -> list[Secret]:
            drawn = self._factors.confirm(who.tenant_id, who.member_id, asked.code)
            if drawn is None:
                raise Refused(ProblemType.SIGN_IN_REFUSED)
            return drawn

        return self._codes(order, draw)

    async def renew(self, request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order = await order_of(request, who)
        return self._codes(order, lambda: self._factors.renew_codes(who.tenant_id, who.member_id))

    async def remove(self, request: Request, caller: Caller) -> Response:
        who = person_of(caller)
        order = await order_of(request, who)

        def work() -> None:
            books = self._identity.people.books
            try:
                books.at(who.tenant_id, lambda page: check_glass(page, who.member_id))
            except BreaksGlass:
                raise Refused(ProblemType.WRONG_STATE, field="breakGlass", expected=NOT_LISTED) from None
            if books.at(who.tenant_id, lambda page: has_short_password(page, who.member_id)):
                raise Refused(ProblemType.WRONG_STATE, field="password", expected="to be long enough alone")
            self._factors.remove(who.tenant_id, who.member_id)

        once(self._services, order, work)
        return no_content()

    def _codes(self, order: Order, draw: Callable[[], list[Secret]]) -> Response:
        drawn: list[Secret] = []

        def work() -> None:
            try:
                drawn.extend(draw())
            except (NotEnrolled, AlreadyEnrolled):
                raise Refused(ProblemType.WRONG_STATE) from None

        once(self._services, order, work, 200, self._services.office.new_id())
        return answer(RecoveryCodes(codes=[one.reveal() for one in drawn]))
