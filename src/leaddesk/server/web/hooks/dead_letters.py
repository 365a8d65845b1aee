"""``/webhooks/{hookId}/dead-letters``: what could not be delivered, and once more."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.webhooks import DeadLetter
from leaddesk.server.commands.office import perform
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.hooks import progress
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answers
from leaddesk.server.web.edge.inputs import path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_DEAD = Spec("What could not be delivered, newest first: ids and a code", DeadLetter, many=True)
_AGAIN = Spec(
    "Deliver a dead letter once more",
    status=202,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.IDEMPOTENCY_KEY_REUSED,),
)
_LISTED = Access("webhook.dead-letters", ADMINISTRATION)
_REDELIVERED = Access("webhook.redeliver", ADMINISTRATION)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""

    async def list_dead(request: Request, caller: Caller) -> Response:
        with services.library.reading(caller) as unit:
            return answers(progress.dead_letters(unit, path_uuid(request, "hook_id")))

    async def deliver_again(request: Request, caller: Caller) -> Response:
        hook_id, event_id = path_uuid(request, "hook_id"), path_uuid(request, "event_id")

        def work(unit: Unit) -> Receipt:
            progress.want_again(unit, hook_id, event_id)
            return Receipt(202, (hook_id, event_id))

        receipt = perform(services.office, await order_of(request, caller), work)
        services.outside.courier.kick(hook_id)
        return Response(None, receipt.status)

    dead, may = "/webhooks/{hook_id}/dead-letters", Right.WEBHOOK_MANAGE
    again = dead + "/{event_id}/redeliver"
    return [
        guarded("GET", dead, list_dead, may, spec=_DEAD, access=_LISTED),
        guarded("POST", again, deliver_again, may, spec=_AGAIN, access=_REDELIVERED),
    ]
