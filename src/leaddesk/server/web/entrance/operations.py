"""``/.well-known/leaddesk``, ``/healthz``, ``/readyz``: what the server says of itself, nothing of people."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import Condition, ServerInfo
from leaddesk.server.web.edge.answers import answer, raw_json
from leaddesk.server.web.edge.problems import ProblemError, problem_response
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Spec

CAPABILITIES = ["sign-in", "live", "bulk", "sharing", "offers", "history", "deletion"]

_ABOUT = Spec("What this server offers; a server without this speaks the core only", ServerInfo)
_HEALTH = Spec("Whether the process is alive", Condition)
_READY = Spec("Whether it serves", Condition, problems=(ProblemType.NOT_READY,))


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
        waiting = ProblemError(ProblemType.NOT_READY, headers={"retry-after": "1"})
        return problem_response(waiting)

    return [
        open_to_all("GET", "/.well-known/leaddesk", about, _ABOUT),
        open_to_all("GET", "/healthz", health, _HEALTH, limited=False),
        open_to_all("GET", "/readyz", readiness, _READY, limited=False),
    ]


def _version() -> str:
    from importlib.metadata import version

    return version("leaddesk")
