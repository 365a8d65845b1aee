"""``/webhooks``: what a tenant's own systems are told (contract, "Core"); lists and secrets are ours."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import HookId
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.webhooks import Webhook, WebhookCreated, WebhookRequest, WebhookSecret
from leaddesk.server.hooks import registry
from leaddesk.server.hooks.addresses import WrongAddress, read_url
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answer, answers, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, OPTIONAL_KEY, Spec
from leaddesk.server.web.services import Services, core_order_of, order_of

_REUSED = (ProblemType.IDEMPOTENCY_KEY_REUSED,)
_REGISTER = Spec(
    "Have an https address told of one kind of event, by ids",
    WebhookCreated,
    status=201,
    body=WebhookRequest,
    params=(OPTIONAL_KEY,),
    problems=(ProblemType.INVALID_INPUT, ProblemType.LIMIT_REACHED, *_REUSED),
)
_LIST = Spec("Webhooks, without their secrets", Webhook, many=True)
_REMOVE = Spec("Tell an address no more", status=204, params=(OPTIONAL_KEY,), problems=_REUSED)
_SECRET = Spec(
    "Sign with a new secret from now on; it is shown this once",
    WebhookSecret,
    params=(IDEMPOTENCY_KEY,),
    problems=(*_REUSED, ProblemType.SECRET_ALREADY_SHOWN),
)


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, outside, library = services.office, services.outside, services.library

    async def register(request: Request, caller: Caller) -> Response:
        order, wanted = await core_order_of(request, caller), await parse_body(request, WebhookRequest)
        try:
            read_url(wanted.url, outside.loopback_hooks)
        except WrongAddress as wrong:
            raise invalid("url", wrong.expected) from None
        receipt = registry.register_hook(office, order, wanted)
        return answer(WebhookCreated(hook_id=HookId(receipt.ids[0])), receipt.status)

    async def list_all(_request: Request, caller: Caller) -> Response:
        with library.reading(caller) as unit:
            return answers(registry.list_hooks(unit))

    async def remove(request: Request, caller: Caller) -> Response:
        hook_id, order = path_uuid(request, "hook_id"), await core_order_of(request, caller)
        registry.remove_hook(office, order, hook_id)
        outside.courier.kick(hook_id)
        return no_content()

    async def sign_anew(request: Request, caller: Caller) -> Response:
        hook_id, order = path_uuid(request, "hook_id"), await order_of(request, caller)
        return answer(WebhookSecret(secret=registry.replace_secret(office, order, hook_id)))

    one, may = "/webhooks/{hook_id}", Right.WEBHOOK_MANAGE
    return [
        guarded("POST", "/webhooks", register, may, spec=_REGISTER, access=_access("register")),
        guarded("GET", "/webhooks", list_all, may, spec=_LIST, access=_access("list")),
        guarded("DELETE", one, remove, may, spec=_REMOVE, access=_access("remove")),
        guarded("POST", f"{one}/secret", sign_anew, may, spec=_SECRET, access=_access("sign-anew")),
    ]


def _access(act: str) -> Access:
    return Access(f"webhook.{act}", ADMINISTRATION)
