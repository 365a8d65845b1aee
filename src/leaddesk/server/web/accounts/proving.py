"""``/me/step-up``, ``/me/second-factor``, ``/me/recovery-codes``: showing who one is, and with what."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.accounts import CodeRequest, RecoveryCodes, SecondFactor, SecondFactorSecret
from leaddesk.contract.people import Role
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import StepUpRequest
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.members.changing import NOT_LISTED
from leaddesk.server.commands.office import Order
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.joining.roster import BreaksGlass, check_glass
from leaddesk.server.identity.people import has_short_password
from leaddesk.server.identity.proving.factors import AlreadyEnrolled, NotEnrolled
from leaddesk.server.identity.proving.totp import address_of, shown
from leaddesk.server.web.edge.access import ACCOUNT, Access
from leaddesk.server.web.edge.answers import answer, no_content
from leaddesk.server.web.edge.inputs import parse_body, source_of
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, once, order_of, person_of

_PEOPLE = ProblemType.FORBIDDEN
_KEYED = (IDEMPOTENCY_KEY,)
_STEP_UP = Spec(
    "Show once more who one is, for sensitive acts in the next minutes; knows no idempotency key",
    status=204,
    body=StepUpRequest,
    problems=(_PEOPLE, ProblemType.SIGN_IN_REFUSED, ProblemType.INVALID_INPUT),
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
        if asked.password is not None and asked.code is None:
            await freshness.by_password(who, Secret(asked.password), source)
        elif asked.code is not None and asked.password is None:
            await freshness.by_code(who, Secret(asked.code), source)
        else:
            raise invalid("password", "a password or a code, not both")
        return no_content()

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
