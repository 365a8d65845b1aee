"""``/openapi.json`` and ``/docs``: the document of the routes that are there, and a page to read it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Spec

STYLE = "/docs/style.css"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HTML, _CSS = "text/html", "text/css"
_DOCUMENT = Spec("This document", media="application/openapi+json")
_PAGE = Spec("This document as a page, without scripts and without requests to elsewhere", media=_HTML)
_STYLE = Spec("How the page looks", media=_CSS)


def with_document(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """Add the endpoints that describe these routes, and themselves; written at the first request (P13)."""

    @cache
    def written() -> bytes:
        from leaddesk.server.web.openapi.document import document, encoded

        return encoded(document(all_routes))

    @cache
    def drawn() -> str:
        from leaddesk.server.web.openapi.document import document
        from leaddesk.server.web.openapi.page import page

        return page(document(all_routes))

    async def show_document(_request: Request) -> Response:
        return Response(written(), media_type=_DOCUMENT.media)

    async def show_page(_request: Request) -> Response:
        return Response(drawn(), media_type=_HTML, headers={"content-security-policy": POLICY})

    async def show_style(_request: Request) -> Response:
        return Response(_style(), media_type=_CSS)

    all_routes = [
        *routes,
        open_to_all("GET", "/openapi.json", show_document, _DOCUMENT),
        open_to_all("GET", "/docs", show_page, _PAGE),
        open_to_all("GET", STYLE, show_style, _STYLE),
    ]
    return all_routes


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")
