"""What the instance is called and painted with: asked before anybody signs in, the same for everybody."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.brand import Brand
from leaddesk.server.web.edge.answers import raw_json
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Spec

MAX_AGE = 3600
"""Seconds for which a proxy may answer for us."""

_BRAND = Spec("The brand of this instance: name, colour and logo, each only if it has one", Brand)


def routes(brand: Brand) -> list[BaseRoute]:
    """Return the endpoint; its answer is made once."""
    body = brand.to_json()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"cache-control": f"public, max-age={MAX_AGE}", "etag": tag}

    async def read(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, headers)
        return raw_json(body, headers=headers)

    return [open_to_all("GET", "/brand", read, _BRAND)]
