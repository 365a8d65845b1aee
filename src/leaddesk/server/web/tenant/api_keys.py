"""API keys of the tenant: list, make, revoke."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.tenant import ApiKey, CreateApiKeyRequest, CreatedApiKey
from leaddesk.server.commands.tenant import create_api_key, revoke_api_key
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.edge.access import ADMINISTRATION, Access
from leaddesk.server.web.edge.answers import answer, answers, no_content
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Spec
from leaddesk.server.web.services import Services, order_of

_LIST = Spec("The tenant's API keys, without their secrets", ApiKey, many=True)
_CREATE = Spec(
    "Make an API key; this answer is the only one that shows it",
    CreatedApiKey,
    status=201,
    body=CreateApiKeyRequest,
    params=(IDEMPOTENCY_KEY,),
    problems=(ProblemType.SECRET_ALREADY_SHOWN, ProblemType.INVALID_INPUT),
)
_REVOKE = Spec("Revoke an API key at once", status=204, params=(IDEMPOTENCY_KEY,))


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    office, identity, people = services.office, services.identity, services.identity.people

    async def list_keys(_request: Request, caller: Caller) -> Response:
        keys = await identity.apart(lambda: people.api_keys.of(caller.tenant_id))
        return answers(_shown(key) for key in keys)

    async def create(request: Request, caller: Caller) -> Response:
        order, wanted = await order_of(request, caller), await parse_body(request, CreateApiKeyRequest)
        made = create_api_key(office, people, order, wanted)
        return answer(CreatedApiKey(key_id=made.key_id, key=made.secret.reveal()), 201)

    async def revoke(request: Request, caller: Caller) -> Response:
        revoke_api_key(office, people, await order_of(request, caller), path_uuid(request, "key_id"))
        return no_content()

    return [
        guarded(
            "GET",
            "/api-keys",
            list_keys,
            Right.KEY_MANAGE,
            spec=_LIST,
            access=Access("api-key.list", ADMINISTRATION),
        ),
        guarded(
            "POST",
            "/api-keys",
            create,
            Right.KEY_MANAGE,
            spec=_CREATE,
            access=Access("api-key.create", ADMINISTRATION),
        ),
        guarded(
            "DELETE",
            "/api-keys/{key_id}",
            revoke,
            Right.KEY_MANAGE,
            spec=_REVOKE,
            access=Access("api-key.revoke", ADMINISTRATION),
        ),
    ]


def _shown(key: ApiKeyRecord) -> ApiKey:
    found = {
        "key_id": key.key_id,
        "name": key.name,
        "rights": sorted(key.rights),
        "created_at": key.created_at,
        "networks": list(key.networks),
    }
    return ApiKey.model_validate(found)
