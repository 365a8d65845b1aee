"""Resolving a pseudonym: one person asks and says why, another agrees (measure A8). Each look is recorded."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import Urn
from leaddesk.contract.oversight import Meaning, Resolution, ResolutionRequest
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.office import Order, perform
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.identity.caller import Caller
from leaddesk.server.oversight import resolutions as kept
from leaddesk.server.oversight.pseudonyms import kind_of
from leaddesk.server.queries.oversight.candidates import PERSON, candidates
from leaddesk.server.web.edge.access import OVERSIGHT, Access
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.problems import forbidden, not_found
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.oversight.access_log import beside
from leaddesk.server.web.services import Services, order_of

_THING = "resolution"
_EITHER = (Right.OVERSIGHT_READ, Right.OVERSIGHT_RESOLVE)
_LIST = Spec("Requests to resolve pseudonyms, newest first, without what they mean", Resolution, many=True)
_ASK = Spec(
    "Ask to learn whom or what a pseudonym stands for",
    Resolution,
    status=201,
    body=ResolutionRequest,
    params=(IDEMPOTENCY_KEY,),
)
_APPROVE = Spec(
    "Agree to a request of somebody else",
    Resolution,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.OWN_REQUEST, ProblemType.ALREADY_DECIDED),
)
_GET = Spec("A request; for the two people involved, once approved, with what it means", Resolution)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    desk = _Desk(services)
    path = "/access-log/resolutions"
    return [
        guarded("GET", path, desk.everything, *_EITHER, spec=_LIST, access=_access("list")),
        guarded("POST", path, desk.ask, Right.OVERSIGHT_READ, spec=_ASK, access=_access("ask")),
        guarded(
            "GET", f"{path}/{{resolution_id}}", desk.one, *_EITHER, spec=_GET, access=_access("read", _THING)
        ),
        guarded(
            "POST",
            f"{path}/{{resolution_id}}/approve",
            desk.approve,
            Right.OVERSIGHT_RESOLVE,
            spec=_APPROVE,
            access=_access("approve", _THING),
        ),
    ]


class _Desk:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = services.resolutions

    async def everything(self, _request: Request, caller: Caller) -> Response:
        found = await beside(self._services, lambda: self._kept.all_of(caller.tenant_id))
        return answers(self._shown(caller, request, None) for request in found)

    async def one(self, request: Request, caller: Caller) -> Response:
        return answer(await self._look(caller, path_uuid(request, "resolution_id")))

    async def ask(self, request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, _person(caller)), await parse_body(request, ResolutionRequest)

        def work() -> Receipt:
            made = self._services.office.new_id()
            self._kept.ask(caller, made, wanted.pseudonym, wanted.reason)
            return Receipt(201, (made,))

        receipt = await self._done(order, work)
        return answer(await self._look(caller, receipt.ids[0]), receipt.status)

    async def approve(self, request: Request, caller: Caller) -> Response:
        order = await order_of(request, _person(caller))
        resolution_id = path_uuid(request, "resolution_id")

        def work() -> Receipt:
            self._kept.approve(caller, resolution_id)
            return Receipt(200, (resolution_id,))

        await self._done(order, work)
        return answer(await self._look(caller, resolution_id))

    async def _done(self, order: Order, work: Callable[[], Receipt]) -> Receipt:
        """Act once per idempotency key; what is kept in the other database is told in the office's words."""
        try:
            return await beside(
                self._services, lambda: perform(self._services.office, order, lambda _unit: work())
            )
        except kept.NotThere:
            raise not_found() from None
        except kept.OwnRequest:
            raise Refused(ProblemType.OWN_REQUEST) from None
        except kept.NotPending:
            raise Refused(ProblemType.ALREADY_DECIDED) from None

    async def _look(self, caller: Caller, resolution_id: str) -> Resolution:
        def look() -> Resolution:
            try:
                request = self._kept.find(caller.tenant_id, resolution_id)
            except kept.NotThere:
                raise not_found() from None
            meaning = self._meaning(caller, request) if request.is_told_to(caller) else None
            return self._shown(caller, request, meaning)

        return await beside(self._services, look)

    def _meaning(self, caller: Caller, request: kept.Request) -> Meaning | None:
        services, pseudonym = self._services, request.asked.pseudonym
        known = candidates(services.library, services.identity.people, caller, kind_of(pseudonym))
        try:
            thing = services.access_log.pseudonyms.meant(caller.tenant_id, pseudonym, known)
        except LookupError:
            return None
        if thing is None:
            return None
        name = self._name(caller, thing[1]) if thing[0] == PERSON else None
        return Meaning(kind=thing[0], id=thing[1], name=name)

    def _name(self, caller: Caller, urn: str) -> str:
        return self._services.library.directory.name_of(caller.tenant_id, Urn(urn)) or ""

    def _shown(self, caller: Caller, request: kept.Request, meaning: Meaning | None) -> Resolution:
        asked = request.asked
        facts = {
            "resolution_id": request.resolution_id,
            "pseudonym": asked.pseudonym,
            "reason": asked.reason,
            "status": request.status,
            "requested_by": asked.requested_by,
            "requested_by_name": self._name(caller, asked.requested_by),
            "requested_at": asked.requested_at,
            "expires_at": request.expires_at,
            "meaning": meaning,
        }
        if asked.approved_by is not None:
            facts |= {
                "approved_by": asked.approved_by,
                "approved_by_name": self._name(caller, asked.approved_by),
                "approved_at": asked.approved_at,
            }
        return Resolution.model_validate(facts)


def _access(act: str, thing: str | None = None) -> Access:
    return Access(f"pseudonym.{act}", OVERSIGHT, thing)


def _person(caller: Caller) -> Caller:
    """Let people through, who have signed in; a machine's key is nobody."""
    if caller.session is None:
        raise forbidden()
    return caller
