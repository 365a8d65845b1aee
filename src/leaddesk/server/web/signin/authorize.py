"""``/oauth/authorize`` and the metadata: what a native client needs to sign in with the system's browser.

RFC 6749 (4.1), 7636, 8252, 8414, 9207. An error goes back to the client only where client and address are
known; else a page says so, and leads nowhere.
"""

import re
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import CLIENT_ID, ServerMetadata, Ways, WaysRequest
from leaddesk.server.identity.authorization.redirects import is_redirect
from leaddesk.server.identity.authorization.requests import Asked, Visit
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.tokens.codes import is_challenge
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import parse_body
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Other, Param, Spec
from leaddesk.server.web.signin.browser import browser_of, issuer_of, remember
from leaddesk.server.web.signin.desk import AWAY, Desk, FirmWay, Front, Leaving, as_page, page_of, see
from leaddesk.server.web.signin.drawing import Pages
from leaddesk.server.web.signin.language import LANGUAGES

AUTHORIZE, TOKEN, REVOKE, CHALLENGE = "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/challenge"
WAYS = "/oauth/ways"
METADATA = "/.well-known/oauth-authorization-server"
REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
CODE, S256, QUERY = "code", "S256", "query"
MOST_FIELDS = 50
_STATE = re.compile(r"[\x20-\x7e]{1,1024}")

HTML = "text/html"
_METADATA = Spec("Where and how to sign in (RFC 8414)", ServerMetadata)
_WAYS = Spec(
    "How people of an e-mail domain sign in; the same for everybody there, known or not",
    Ways,
    body=WaysRequest,
    problems=(ProblemType.TOO_MANY_REQUESTS,),
)
_AUTHORIZE = Spec(
    "Begin signing in with a browser (RFC 6749, 7636, 8252): leads to the sign-in page, or with an error "
    "back to the client; unknown parameters are ignored, as the RFC asks",
    status=303,
    media=HTML,
    params=(
        Param("response_type", "`code`"),
        Param("client_id", f"`{CLIENT_ID}`"),
        Param("redirect_uri", "The client's loopback address: 127.0.0.1 or [::1], any port"),
        Param("code_challenge", "S256 of the verifier: 43 characters, base64url"),
        Param("code_challenge_method", "`S256`"),
        Param("state", "Comes back as it is"),
        Param(
            "request_uri",
            "Of `POST /me/step-up/requests`, to confirm a session; in place of all others but `client_id` "
            "(RFC 9126)",
        ),
        Param(
            "prompt", "`login`: nobody is known from before; their firm is asked the same (OpenID Connect)"
        ),
        Param("max_age", "Any number of seconds: the same, and the firm has to say that it was just now"),
        Param(
            "domain_hint", "Domain of the e-mail address: straight to the firm's own sign-in, if it has one"
        ),
        Param("ui_locales", "Languages of the page, best first: de, en"),
    ),
    headers=(("Location", "Where it goes on"),),
    others=(Other(400, "Client or address is not known: a page says so", media=HTML),),
)


def routes(identity: Identity, front: Front, firm: FirmWay) -> list[BaseRoute]:
    """Return the endpoints."""
    desk = _Authorize(Desk(identity, front), firm)
    return [
        open_to_all("GET", METADATA, desk.metadata, _METADATA),
        open_to_all("POST", WAYS, desk.ways, _WAYS),
        open_to_all("GET", AUTHORIZE, as_page(desk.desk, desk.authorize), _AUTHORIZE, reads_query=True),
    ]


class _Misasked(Exception):
    """An error in the words of RFC 6749, 4.1.2.1."""


class _Authorize:
    def __init__(self, desk: Desk, firm: FirmWay) -> None:
        self.desk = desk
        self.firm = firm

    async def metadata(self, request: Request) -> Response:
        front = self.desk.front
        issuer = issuer_of(request, front.public_url)
        return answer(
            ServerMetadata(
                issuer=issuer,
                authorization_endpoint=issuer + AUTHORIZE,
                token_endpoint=issuer + TOKEN,
                revocation_endpoint=issuer + REVOKE,
                leaddesk_challenge_endpoint=issuer + CHALLENGE if front.in_app_form else None,
                leaddesk_ways_endpoint=issuer + WAYS,
                response_types_supported=[CODE],
                response_modes_supported=[QUERY],
                grant_types_supported=["authorization_code", "refresh_token"],
                code_challenge_methods_supported=[S256],
                token_endpoint_auth_methods_supported=["none"],
                revocation_endpoint_auth_methods_supported=["none"],
                authorization_response_iss_parameter_supported=True,
                ui_locales_supported=list(LANGUAGES),
            )
        )

    async def ways(self, request: Request) -> Response:
        asked = await parse_body(request, WaysRequest)
        return answer(Ways(ways=list(await self.firm.ways(asked.email))))

    async def authorize(self, request: Request) -> Response:
        fields = fields_of(request)
        pages = self.desk.pages(request, one_of(fields, "ui_locales"))
        if "request_uri" in fields:
            return await self._confirm(request, fields, pages)
        client, redirect = one_of(fields, "client_id"), one_of(fields, "redirect_uri")
        if not client or not redirect or not is_redirect(client, redirect):
            return pages.notice("refused", 400)
        state = one_of(fields, "state")
        good = state is None or is_state(state)
        asked = Asked(
            client,
            redirect,
            one_of(fields, "code_challenge") or "",
            state if good else None,
            again="login" in (one_of(fields, "prompt") or "").split(),
            fresh="max_age" in fields,
        )
        try:
            _check(fields, good)
        except _Misasked as wrong:
            return self.desk.leave(request, asked, pages, error=str(wrong))
        browser, handle = await self._begun(request, asked)
        address = page_of(handle, pages)
        domain = one_of(fields, "domain_hint")
        if domain:
            leaving = Leaving(request, handle, Visit(asked), browser, f"@{domain}")
            address = await self.firm.address(leaving, pages.words.language) or address
        response = see(address)
        remember(request, response, browser)
        return response

    async def _confirm(self, request: Request, fields: dict[str, list[str]], pages: Pages) -> Response:
        """Begin to confirm a session, by what its client has pushed and nothing the browser brings beside."""
        name = (one_of(fields, "request_uri") or "").removeprefix(REQUEST_URI)
        asked = await self.desk.identity.confirmations.find(name)
        if asked is None or asked.sought is None or one_of(fields, "client_id") != asked.client_id:
            return pages.notice("over", 400)
        browser, handle = await self._begun(request, asked)
        address = page_of(handle, pages)
        if await self.desk.identity.confirmations.by_firm_alone(asked.sought):
            leaving = Leaving(request, handle, Visit(asked), browser, "")
            found = await self.firm.address(leaving, pages.words.language)
            if found is None:
                return await self.desk.fail(request, handle, Visit(asked), pages, AWAY)
            address = found
        response = see(address)
        remember(request, response, browser)
        return response

    async def _begun(self, request: Request, asked: Asked) -> tuple[str, str]:
        browser, requests = browser_of(request), self.desk.identity.entry.requests
        handle = await self.desk.identity.apart(lambda: requests.begin(Visit(asked), browser))
        return browser, handle


def fields_of(request: Request) -> dict[str, list[str]]:
    """Read the query; an empty value counts as absent (RFC 6749, 3.1), a broken query as an empty one."""
    try:
        text = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(text, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def one_of(fields: dict[str, list[str]], name: str) -> str | None:
    """Return a parameter that was sent once."""
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else None


def is_state(text: str) -> bool:
    """Tell whether a text can come back as it is."""
    return _STATE.fullmatch(text) is not None


def _check(fields: dict[str, list[str]], has_state: bool) -> None:
    """Check what the client can be told about. Raises :class:`_Misasked`."""
    if not has_state or any(len(values) > 1 for values in fields.values()):
        raise _Misasked("invalid_request")
    if one_of(fields, "response_type") != CODE:
        raise _Misasked("unsupported_response_type" if "response_type" in fields else "invalid_request")
    method, challenge = one_of(fields, "code_challenge_method"), one_of(fields, "code_challenge") or ""
    if method != S256 or not is_challenge(challenge) or one_of(fields, "response_mode") not in (None, QUERY):
        raise _Misasked("invalid_request")
