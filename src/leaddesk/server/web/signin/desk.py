"""What all endpoints of the sign-in page share: who the server is, whom it asks, how it leads back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from leaddesk.personal.masked import Secret
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.identity.authorization.redirects import answered, origin_of
from leaddesk.server.identity.authorization.requests import Asked, Link, Sought, Visit
from leaddesk.server.identity.authorization.steps import PASSWORD, Arrival
from leaddesk.server.identity.authorization.telling import OTHER_PERSON, STEP_UP, Told
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.firms.arriving import learn
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tokens.codes import Bound
from leaddesk.server.web.signin.browser import issuer_of
from leaddesk.server.web.signin.drawing import PAGE, Pages
from leaddesk.server.web.signin.language import words_in


@dataclass(frozen=True, slots=True)
class Front:
    """How this server presents itself to whoever signs in.

    ``public_url``: how it is reached, where it cannot know by itself. ``in_app_form``: whether the client may
    ask for e-mail and password in a form of its own.
    """

    instance: str
    public_url: str | None = None
    in_app_form: bool = True


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves the page for their firm's sign-in: by which handle and browser, with what they typed."""

    request: Request
    handle: str
    visit: Visit
    browser: str
    email: str


REFUSED, AWAY = "access_denied", "temporarily_unavailable"
OTHER_ACCOUNT, NOT_CONFIRMED = "account_selection_required", "unmet_authentication_requirements"
"""Why there is no code (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6; RFC 9470, 5)."""
FIRM_ONLY, WITH_FIRM, PASSWORD_ONLY = ("firm",), ("password", "firm"), ("password",)
"""Ways to sign in that a domain has."""


class FirmWay(Protocol):
    """The way over a firm's own sign-in."""

    async def ways(self, email: str) -> tuple[str, ...]:
        """Say how people of an address' domain sign in; whether there is such an address does not matter."""

    async def address(self, leaving: Leaving, language: str) -> str | None:
        """Return where it goes on; nothing where no firm, or no provider, answers for the e-mail address."""


class Desk:
    """Draws pages in the reader's language and ends sign-ins."""

    def __init__(self, identity: Identity, front: Front) -> None:
        self.identity = identity
        self.front = front

    def pages(self, request: Request, language: str | None = None) -> Pages:
        """Return the pages for who asks."""
        return Pages(self.front.instance, words_in(language, request.headers.get("accept-language", "")))

    async def find(self, handle: str | None, browser: str | None) -> Visit | None:
        """Return a sign-in under way in this browser."""
        if not handle or not browser:
            return None
        requests = self.identity.entry.requests
        visit = await self.identity.apart(lambda: requests.find(handle, browser))
        return None if visit is None or visit.beside else visit

    async def arrive(self, request: Request, handle: str, visit: Visit, pages: Pages) -> Response:
        """Ask the next step, or let them in once there is none."""
        arrival, entry, sought = visit.arrival, self.identity.entry, visit.asked.sought
        if sought is not None and arrival is not None and not _is(arrival, sought):
            return await self.fail(request, handle, visit, pages, OTHER_ACCOUNT)
        if arrival is not None and await entry.next_step(arrival) is None:
            return await self._admit(request, handle, visit, arrival, pages)
        if not await self.identity.apart(lambda: entry.requests.change(handle, visit)):
            return pages.notice("over", 400)
        return see(page_of(handle, pages))

    async def _admit(
        self, request: Request, handle: str, visit: Visit, arrival: Arrival, pages: Pages
    ) -> Response:
        entry, asked = self.identity.entry, visit.asked
        if not await self.identity.apart(lambda: entry.requests.end(handle)):
            return pages.notice("over", 400)
        if visit.link is not None:
            await self._link(visit.link, arrival)
        code = await self._code(asked, arrival)
        return self.leave(request, asked, pages, code=code.reveal()) if code else pages.notice("over", 400)

    async def _code(self, asked: Asked, arrival: Arrival) -> Secret | None:
        """Issue the code: for tokens, or to confirm the session that asked, which may be too late."""
        if asked.sought is not None:
            return await self.identity.confirmations.admit(arrival, asked, asked.sought)
        entry = self.identity.entry
        bound = Bound(asked.client_id, asked.redirect)
        return await entry.admit(arrival, asked.challenge, bound, fresh=asked.fresh)

    async def fail(self, request: Request, handle: str, visit: Visit, pages: Pages, error: str) -> Response:
        """End a sign-in and tell the client why; somebody else's try is on the record of whom it was for."""
        entry, sought = self.identity.entry, visit.asked.sought
        if not await self.identity.apart(lambda: entry.requests.end(handle)):
            return pages.notice("over", 400)
        if sought is not None and error == OTHER_ACCOUNT:
            entry.tell(Told(sought.tenant_id, sought.member_id, STEP_UP, OTHER_PERSON))
        return self.leave(request, visit.asked, pages, error=error)

    async def _link(self, link: Link, arrival: Arrival) -> None:
        """Let the firm's account open this one from now on: its owner has shown the password for it."""
        if PASSWORD in arrival.ways and (link.tenant_id, link.member_id) == (
            arrival.tenant_id,
            arrival.member_id,
        ):
            books = self.identity.people.books

            def work(page: Page) -> None:
                learn(page, link.mark, link.member_id, own=True)

            await self.identity.apart(lambda: books.at(link.tenant_id, work, writes=True))

    def leave(self, request: Request, asked: Asked, pages: Pages, **told: str) -> Response:
        """Answer the client (RFC 6749, 4.1.2) and say who answers (RFC 9207)."""
        issuer = issuer_of(request, self.front.public_url)
        address = answered(asked.redirect, **told, state=asked.state, iss=issuer)
        return see(address) if origin_of(asked.redirect) else pages.onward(address)


def _is(arrival: Arrival, sought: Sought) -> bool:
    """Tell whether it is the session's own person who signed in."""
    return (arrival.tenant_id, arrival.member_id) == (sought.tenant_id, sought.member_id)


def page_of(handle: str, pages: Pages, **more: str) -> str:
    """Return the address of the page of a sign-in."""
    return f"{PAGE}?{urlencode({'request': handle, 'language': pages.words.language, **more})}"


def see(address: str) -> Response:
    """Lead on; what was sent is not sent again (303: RFC 9700, 4.12)."""
    return Response(b"", 303, {"location": address}, "text/html")


def as_page(
    desk: Desk, endpoint: Callable[[Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Let a page say what a problem would."""

    async def ask(request: Request) -> Response:
        try:
            return await endpoint(request)
        except StorageUnavailable:
            return desk.pages(request).unavailable()

    return ask
