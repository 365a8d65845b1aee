"""Step-up in a browser: a session asks, its person signs in anew, the same session takes what came of it.

What the client wants is pushed over its own line, under its access token, and the browser gets a name for it
(RFC 9126): good for one confirmation, for as long as the client waits and a little more. What comes of it is
no token but a code for that session alone: RFC 9470 would have the client fetch new tokens, which is another
session. Whoever has stolen a session gets no further: the code comes of a fresh sign-in only.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.authorization.requests import Asked, Sought
from leaddesk.server.identity.authorization.steps import Arrival
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.firms.providers import Providers
from leaddesk.server.identity.proving.factors import is_enrolled
from leaddesk.server.identity.refusals import StepUpNeeded, TicketOver
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tenants import is_by_firm_only
from leaddesk.server.identity.tokens.codes import Bound
from leaddesk.server.identity.tokens.register import Register
from leaddesk.server.identity.tokens.tickets import Step, Tickets, mark_of

LIFETIME = timedelta(minutes=3)
"""The client waits for two."""
PASSWORD, CODE, BROWSER = "password", "code", "browser"
"""Ways to show anew who one is."""


class Confirmations:
    """Asks for a confirmation in a browser, and takes it."""

    def __init__(self, clock: Callable[[], datetime], entry: Entry, register: Register) -> None:
        self._tickets = Tickets(clock)
        self._entry = entry
        self._register = register
        self._people = entry.people
        self._providers = Providers(entry.people.books)

    async def ways(self, caller: Caller) -> tuple[str, ...]:
        """Return how a caller can show anew who they are; what lets them in nowhere is none of it."""
        return await self._entry.apart(lambda: self._ways(caller))

    async def by_firm_alone(self, sought: Sought) -> bool:
        """Tell whether somebody has nothing to type into a page of ours."""
        return not await self._entry.apart(lambda: self._has_password(sought.tenant_id, sought.member_id))

    async def begin(self, caller: Caller, asked: Asked) -> Secret:
        """Keep what a session asks for, in place of what it asked before; gives its name in the browser."""
        session = _session_of(caller)
        content = {"challenge": asked.challenge, "redirect": asked.redirect, "member": caller.member_id}
        if asked.state is not None:
            content["state"] = asked.state

        def work(page: Page) -> Secret:
            self._tickets.end(page, Step.STEP_UP, session)
            return self._tickets.issue(page, Step.STEP_UP, session, LIFETIME, content)

        books = self._people.books
        return await self._entry.apart(lambda: books.at(caller.tenant_id, work, writes=True))

    async def find(self, name: str) -> Asked | None:
        """Return what was asked for by a name; opening it, also twice, uses nothing up."""

        def work(page: Page) -> Asked | None:
            ticket = self._tickets.find(page, name, Step.STEP_UP)
            if ticket is None:
                return None
            told = ticket.content
            sought = Sought(page.tenant, MemberId(told["member"]), ticket.subject, name)
            return Asked(CLIENT_ID, told["redirect"], told["challenge"], told.get("state"), sought=sought)

        mark = mark_of(name, Step.STEP_UP)
        return await self._entry.apart(lambda: self._people.books.behind(mark, work))

    async def admit(self, arrival: Arrival, asked: Asked, sought: Sought) -> Secret | None:
        """Issue the one code, for the session that asked; nothing if the name was used or its time is over.

        It is a code of whoever arrived: if that is not the session's person, it opens nothing either.
        """

        def used_up(page: Page) -> bool:
            return self._tickets.use_up(page, sought.name, Step.STEP_UP) is not None

        books, codes = self._people.books, self._entry.codes
        if not await self._entry.apart(lambda: books.at(sought.tenant_id, used_up, writes=True)):
            return None
        bound = Bound(asked.client_id, asked.redirect, sought.session)
        whose = arrival.tenant_id, arrival.member_id
        return await self._entry.apart(lambda: codes.issue(*whose, asked.challenge, bound))

    async def take(self, caller: Caller, code: Secret, verifier: Secret, redirect: str) -> None:
        """Make the caller's session fresh by a code of theirs. Raises :class:`TicketOver`."""
        session = _session_of(caller)

        def work(page: Page) -> bool:
            bound = Bound(CLIENT_ID, redirect, session)
            use = self._entry.codes.use_up(page, code.reveal(), verifier.reveal(), bound)
            is_theirs = use.admitted == caller.member_id
            if is_theirs:
                self._register.prove(page, session)
            return is_theirs

        books = self._people.books
        if not await self._entry.apart(lambda: books.at(caller.tenant_id, work, writes=True)):
            raise TicketOver

    def _ways(self, caller: Caller) -> tuple[str, ...]:
        tenant, member = caller.tenant_id, caller.member_id
        by_password = self._has_password(tenant, member)
        by_code = self._people.books.at(tenant, lambda page: is_enrolled(page, member))
        in_browser = by_password or self._providers.of(tenant) is not None
        found = {PASSWORD: by_password, CODE: by_code, BROWSER: in_browser}
        return tuple(way for way, is_there in found.items() if is_there)

    def _has_password(self, tenant: TenantId, member: MemberId) -> bool:
        """Tell whether somebody has a password that lets them in."""
        if self._people.account(tenant, member).credential is None:
            return False
        return not self._people.books.at(tenant, lambda page: is_by_firm_only(page, member))


def _session_of(caller: Caller) -> str:
    """Return a person's session. Raises :class:`StepUpNeeded` for a machine, which has none."""
    if caller.session is None:
        raise StepUpNeeded
    return caller.session
