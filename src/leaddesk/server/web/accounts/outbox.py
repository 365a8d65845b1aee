"""The demo's outbox: the mails it would have sent, for whoever has this run's key. No real server has it."""

from email.message import EmailMessage
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from leaddesk.personal.masked import Secret
from leaddesk.server.mail.postbox import ShownLetters
from leaddesk.server.web.edge.problems import not_found

OUTBOX = "/outbox"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def routes(shown: ShownLetters, key: Secret) -> list[BaseRoute]:
    """Return the page; without the key there is nothing."""

    async def outbox(request: Request) -> Response:
        if Secret(request.path_params["key"]) != key:
            raise not_found()
        letters = "".join(
            f"<h2>{escape(letter['subject'])}</h2><p>{escape(letter['to'])}</p><pre>{_body(letter)}</pre>"
            for letter in list(shown.letters)
        )
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Outbox</title>'
            '<link rel="stylesheet" href="/sign-in/style.css"></head><body><main><h1>Outbox</h1>'
            f"{letters or '<p>–</p>'}</main></body></html>"
        )
        return Response(page, headers={"content-security-policy": _POLICY}, media_type="text/html")

    return [Route(f"{OUTBOX}/{{key}}", outbox, methods=["GET"])]


def _body(letter: EmailMessage) -> str:
    """Write a letter's text, its links as links."""
    lines = str(letter.get_content()).splitlines()
    return "\n".join(
        f'<a href="{escape(line)}">{escape(line)}</a>'
        if line.startswith(("http://", "https://"))
        else escape(line)
        for line in lines
    )
