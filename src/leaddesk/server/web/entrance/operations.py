"""What the server says of itself, nothing of people: what it is, whether it works, how it does."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import Condition, ServerInfo
from leaddesk.server.operations.kinds import Network
from leaddesk.server.operations.metrics import MEDIA_TYPE, Metrics
from leaddesk.server.web.edge.answers import answer, raw_json
from leaddesk.server.web.edge.problems import ProblemError, not_found, problem_response
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Spec

CAPABILITIES = [
    *("sign-in", "live", "bulk", "sharing", "offers", "history", "deletion", "oversight", "attachments")
]
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))

_ABOUT = Spec("What this server offers; a server without this speaks the core only", ServerInfo)
_HEALTH = Spec("Whether the process is alive", Condition)
_READY = Spec(
    "Whether it serves: `field` names the part that does not", Condition, problems=(ProblemType.NOT_READY,)
)
_METRICS = Spec(
    "Metrics in Prometheus' text format, for the networks the operator named",
    problems=(ProblemType.NOT_FOUND,),
    media="text/plain",
)


@dataclass(frozen=True, slots=True)
class Station:
    """What this server is called, which of its parts do not work now, its metrics and who may read them."""

    instance: str
    failing: Callable[[], Awaitable[Sequence[str]]]
    metrics: Metrics
    networks: tuple[Network, ...] = LOOPBACK
    behind_proxy: bool = False


def routes(station: Station) -> list[BaseRoute]:
    """Return the endpoints for clients that arrive and for those who watch over the server."""

    async def about(_request: Request) -> Response:
        name, version = station.instance, _version()
        return answer(ServerInfo(name="leaddesk", version=version, instance=name, capabilities=CAPABILITIES))

    async def health(_request: Request) -> Response:
        return raw_json(b'{"status":"alive"}')

    async def readiness(_request: Request) -> Response:
        failing = await station.failing()
        if not failing:
            return raw_json(b'{"status":"ready"}')
        again = {"retry-after": "1"}
        waiting = ProblemError(ProblemType.NOT_READY, field=failing[0], expected="to work", headers=again)
        return problem_response(waiting)

    async def metrics(request: Request) -> Response:
        if not _is_allowed(request, station):
            raise not_found()
        return Response(station.metrics.page(), media_type=MEDIA_TYPE)

    return [
        open_to_all("GET", "/.well-known/leaddesk", about, _ABOUT),
        open_to_all("GET", "/healthz", health, _HEALTH, limited=False),
        open_to_all("GET", "/readyz", readiness, _READY, limited=False),
        open_to_all("GET", "/metrics", metrics, _METRICS, limited=False),
    ]


def _is_allowed(request: Request, station: Station) -> bool:
    """Tell whether the asker's network may read the metrics; through an unknown proxy nobody may."""
    passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if passed_on and not station.behind_proxy:
        return False
    try:
        source = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return any(source in network for network in station.networks)


def _version() -> str:
    from importlib.metadata import version

    return version("leaddesk")
