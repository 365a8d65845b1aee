"""What is known of a browser: the secret in its cookie, where it came from, under which address it asks."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from leaddesk.server.web.edge.problems import invalid

LONGEST_STAY = 3600
"""Seconds a browser is known; each sign-in has ten minutes of its own."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_OURS = ("same-origin", "none")


def known_browser(request: Request) -> str | None:
    """Return the secret in a browser's cookie; nothing when it has none of ours."""
    found = request.cookies.get(_cookie(request), "")
    return found if _SECRET.fullmatch(found) else None


def browser_of(request: Request) -> str:
    """Return the secret in a browser's cookie, or a new one: several sign-ins go on beside each other."""
    return known_browser(request) or secrets.token_urlsafe(32)


def remember(request: Request, response: Response, browser: str) -> None:
    """Let the browser keep its secret: not for scripts, not for other sites' forms (RFC 6265bis, 4.1.2).

    Lax, not strict: a firm's sign-in sends people back from another site. Over TLS no neighbouring host can
    set it (``__Host-``).
    """
    response.set_cookie(
        _cookie(request),
        browser,
        max_age=LONGEST_STAY,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def comes_from_elsewhere(request: Request) -> bool:
    """Tell whether another site's page sent this form; old browsers do not say (Fetch Metadata)."""
    return request.headers.get("sec-fetch-site", "none") not in _OURS


def issuer_of(request: Request, public_url: str | None) -> str:
    """Name this server (RFC 8414, 2): as configured, else by the address it was asked under.

    Raises a 400 problem for a request without a proper host.
    """
    if public_url is not None:
        return public_url.rstrip("/")
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        raise invalid("host", "the host this server was asked under")
    return f"{request.url.scheme}://{host.lower()}"


def _cookie(request: Request) -> str:
    return "__Host-leaddesk-sign-in" if _is_secure(request) else "leaddesk-sign-in"


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
