"""The way over a firm's own sign-in: out to its provider, and back (OpenID Connect Core 1.0, 3.1).

Mix-up (RFC 9700, 4.4): each tenant's provider answers at an address of its own, what comes back is bound to
the sign-in it was asked for, and an issuer that names itself must be the one that was asked. State, nonce and
verifier are random for each way out, good once, in one browser.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.ids import TenantId
from leaddesk.server.identity.authorization.requests import Visit
from leaddesk.server.identity.authorization.telling import LINK, SIGN_IN, Told
from leaddesk.server.identity.firms.arriving import Arrivals, LinkNeeded
from leaddesk.server.identity.firms.domains import Domains
from leaddesk.server.identity.firms.providers import Provider, Providers
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.identity.refusals import NetworkRefused, SignInRefused
from leaddesk.server.identity.tenants import networks_on
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.web.beside.asking import ProviderFailed
from leaddesk.server.web.edge.inputs import path_uuid, source_of
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Other, Param, Spec
from leaddesk.server.web.signin.authorize import HTML, S256, fields_of, one_of
from leaddesk.server.web.signin.browser import issuer_of, known_browser
from leaddesk.server.web.signin.desk import (
    AWAY,
    FIRM_ONLY,
    NOT_CONFIRMED,
    OTHER_ACCOUNT,
    PASSWORD_ONLY,
    REFUSED,
    WITH_FIRM,
    Desk,
    Leaving,
    as_page,
    page_of,
    see,
)
from leaddesk.server.web.signin.drawing import Pages
from leaddesk.server.web.sso.provider import NOT_FRESH, Answered, Speaker

CALLBACK = "/sign-in/firm/{tenant_id}"
_BACK = Spec(
    "Where a firm's provider answers (OpenID Connect); leads on, or back to the sign-in page",
    status=303,
    media=HTML,
    params=(
        Param("state", "Names the way out"),
        Param("code", "The provider's code"),
        Param("iss", "Who answers (RFC 9207)"),
        Param("error", "Why there is no code"),
    ),
    headers=(("Location", "Where it goes on"),),
    others=(
        Other(200, "A page that leads on by itself", media=HTML),
        Other(400, "This sign-in is over, or not this browser's: a page says so", media=HTML),
    ),
)


@dataclass(frozen=True, slots=True)
class Firms:
    """Which firms have a sign-in of their own, who comes in by it, how their providers are asked, and which
    domains are theirs.
    """

    providers: Providers
    arrivals: Arrivals
    speaker: Speaker
    domains: Domains


class FirmSignIn:
    """Sends people to their firm, and takes them in when they come back."""

    def __init__(self, desk: Desk, firms: Firms) -> None:
        self._desk = desk
        self._firms = firms

    def routes(self) -> list[BaseRoute]:
        """Return the endpoint where they come back."""
        return [open_to_all("GET", CALLBACK, as_page(self._desk, self.back), _BACK, reads_query=True)]

    async def address(self, leaving: Leaving, language: str) -> str | None:
        """Return where a firm's people sign in; nothing where there is none, or it does not answer."""
        found = await self._desk.identity.apart(lambda: self._behind(leaving))
        if found is None:
            return None
        tenant, provider = found
        try:
            metadata = await self._firms.speaker.metadata(provider.issuer)
        except ProviderFailed:
            return None
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        beside = {"tenant": tenant, "issuer": provider.issuer, "client": provider.client_id}
        beside |= {"nonce": nonce, "verifier": verifier, "page": leaving.handle}
        beside["since"] = str(self._firms.speaker.now())
        visit, requests = Visit(leaving.visit.asked, None, beside), self._desk.identity.entry.requests
        await self._desk.identity.apart(lambda: requests.begin(visit, leaving.browser, state))
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self.redirect(leaving.request, tenant),
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": S256,
            "ui_locales": language,
        }
        asked |= leaving.visit.asked.beside
        if leaving.email.rpartition("@")[0]:
            asked["login_hint"] = leaving.email.strip()
        joint = "&" if "?" in metadata.authorization else "?"
        return f"{metadata.authorization}{joint}{urlencode(asked)}"

    def _behind(self, leaving: Leaving) -> tuple[TenantId, Provider] | None:
        """Return whose provider is asked: by the address that was typed, or of whose session it is."""
        sought = leaving.visit.asked.sought
        if sought is None:
            return self._firms.providers.behind(leaving.email)
        found = self._firms.providers.of(sought.tenant_id)
        return None if found is None else (sought.tenant_id, found)

    async def ways(self, email: str) -> tuple[str, ...]:
        """Say how people of an address' domain sign in; whether there is such an address does not matter."""
        identity = self._desk.identity
        found = await identity.apart(lambda: self._firms.providers.behind(email))
        if found is None:
            return PASSWORD_ONLY
        tenant = await identity.apart(lambda: identity.people.tenant(found[0]))
        return FIRM_ONLY if tenant.sign_in.firm_only else WITH_FIRM

    def redirect(self, request: Request, tenant: TenantId) -> str:
        """Return the address at which a tenant's provider answers."""
        return issuer_of(request, self._desk.front.public_url) + CALLBACK.format(tenant_id=tenant)

    async def back(self, request: Request) -> Response:
        """Take somebody in who comes back from their firm."""
        tenant, fields = TenantId(path_uuid(request, "tenant_id")), fields_of(request)
        pages, state, browser = self._desk.pages(request), one_of(fields, "state"), known_browser(request)
        visit = await self._taken(state or "", browser or "")
        page = visit and await self._desk.find(visit.beside["page"], browser)
        if visit is None or page is None or visit.beside["tenant"] != tenant:
            return pages.notice("over", 400)
        try:
            return await self._arrived(request, fields, visit, pages)
        except (ProviderFailed, SignInRefused) as failed:
            if visit.asked.sought is not None:
                return await self._desk.fail(
                    request, visit.beside["page"], visit, pages, _error_of(failed, fields)
                )
            return see(page_of(visit.beside["page"], pages, trouble="firm"))
        except NetworkRefused:
            return see(page_of(visit.beside["page"], pages, trouble="network"))
        except LinkNeeded as needed:
            whose = needed.link.tenant_id, needed.link.member_id
            self._desk.identity.entry.tell(Told(*whose, SIGN_IN, LINK))
            requests, linking = self._desk.identity.entry.requests, Visit(page.asked, link=needed.link)
            handle = visit.beside["page"]
            await self._desk.identity.apart(lambda: requests.change(handle, linking))
            return see(page_of(handle, pages, trouble="link"))

    async def _taken(self, state: str, browser: str) -> Visit | None:
        """Find and use up what was asked; of several at once one finds it."""
        requests, identity = self._desk.identity.entry.requests, self._desk.identity
        visit = await identity.apart(lambda: requests.find(state, browser))
        if visit is None or not visit.beside:
            return None
        return visit if await identity.apart(lambda: requests.end(state)) else None

    async def _arrived(
        self, request: Request, fields: dict[str, list[str]], visit: Visit, pages: Pages
    ) -> Response:
        """Check the answer, let them in. Raises ``ProviderFailed``, ``SignInRefused``, ``NetworkRefused``."""
        known, tenant = visit.beside, TenantId(visit.beside["tenant"])
        provider = await self._desk.identity.apart(lambda: self._firms.providers.of(tenant))
        if provider is None or (provider.issuer, provider.client_id) != (known["issuer"], known["client"]):
            raise SignInRefused  # it was configured anew meanwhile
        await self._check_issuer(fields, provider)
        code = one_of(fields, "code")
        if code is None or "error" in fields:
            raise SignInRefused
        redirect = self.redirect(request, tenant)
        since = float(known["since"]) if visit.asked.is_fresh else None
        answered = Answered(code, known["verifier"], known["nonce"], redirect, since)
        subject = await self._firms.speaker.subject(provider, answered)
        arrivals, identity = self._firms.arrivals, self._desk.identity
        books = identity.people.books
        if not lets_in(await identity.apart(lambda: books.at(tenant, networks_on)), source_of(request)):
            raise NetworkRefused
        come = arrivals.arrive if visit.asked.sought is None else arrivals.returning
        arrival = await identity.apart(lambda: come(tenant, provider, subject))
        return await self._desk.arrive(request, known["page"], Visit(visit.asked, arrival), pages)

    async def _check_issuer(self, fields: dict[str, list[str]], provider: Provider) -> None:
        metadata = await self._firms.speaker.metadata(provider.issuer)
        named = fields.get("iss", [])
        if (named or metadata.names_itself) and named != [provider.issuer]:
            raise ProviderFailed("other-issuer")


def _error_of(failed: Exception, fields: dict[str, list[str]]) -> str:
    """Tell a client that waits for a step-up why there is none."""
    if isinstance(failed, ProviderFailed):
        return NOT_CONFIRMED if str(failed) == NOT_FRESH else AWAY
    if one_of(fields, "error") in ("temporarily_unavailable", "server_error"):
        return AWAY
    return REFUSED if "error" in fields or "code" not in fields else OTHER_ACCOUNT
