"""``/.well-known/leaddesk``, ``/healthz``, ``/readyz``: what the server says of itself, nothing of people."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import PROBLEM_MEDIA_TYPE, Problem
from leaddesk.contract.signin import ServerInfo
from leaddesk.server.web.edge.answers import answer, raw_json
from leaddesk.server.web.edge.routes import open_to_all

CAPABILITIES = ["sign-in", "live", "bulk", "sharing", "offers", "history", "deletion"]


def routes(instance: str, is_ready: Callable[[], bool]) -> list[BaseRoute]:
    """Return the endpoints for clients that arrive and for those who watch over the server."""

    async def about(_request: Request) -> Response:
        return answer(
            ServerInfo(name="leaddesk", version=_version(), instance=instance, capabilities=CAPABILITIES)
        )

    async def health(_request: Request) -> Response:
        return raw_json(b'{"status":"alive"}')

    async def readiness(_request: Request) -> Response:
        if is_ready():
            return raw_json(b'{"status":"ready"}')
        waiting = Problem(type="about:blank", title="Not ready yet", status=503)
        return Response(waiting.to_json(), 503, {"retry-after": "1"}, PROBLEM_MEDIA_TYPE)

    return [
        open_to_all("GET", "/.well-known/leaddesk", about),
        open_to_all("GET", "/healthz", health),
        open_to_all("GET", "/readyz", readiness),
    ]


def _version() -> str:
    from importlib.metadata import version

    return version("leaddesk")
