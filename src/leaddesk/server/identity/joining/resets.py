"""New passwords: by a ticket that went to the person's own address, or beside the present one.

Asking tells nothing: whether there is somebody is looked up after the answer has left. A ticket is good once,
for thirty minutes; a password that is not taken does not use it up. A new password ends the other sessions,
and what anybody had begun by them or by the old one: codes, second steps, another e-mail.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.choosing.rule import SHORTEST, check_password, normalised
from leaddesk.server.identity.passwords import Credential, Passwords
from leaddesk.server.identity.people import PersonRecord, person_on, put_password
from leaddesk.server.identity.proving.factors import is_enrolled
from leaddesk.server.identity.refusals import TicketOver
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tenants import is_by_firm_only, tenant_on
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.register import Register
from leaddesk.server.identity.tokens.sweeping import end_steps
from leaddesk.server.identity.tokens.tickets import Step, Tickets, mark_of

RESET_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Way:
    """A way back for somebody: their address, and the ticket that goes there."""

    email: Personal[str]
    ticket: Secret


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose password it is, and what it must not be made of."""

    person: PersonRecord
    about: tuple[str, ...] = field(repr=False)
    has_factor: bool


class Resets:
    """Sets passwords anew."""

    def __init__(
        self, clock: Callable[[], datetime], entry: Entry, passwords: Passwords, register: Register
    ) -> None:
        self._tickets = Tickets(clock)
        self._entry = entry
        self._books = entry.people.books
        self._passwords = passwords
        self._register = register
        self._throttle = Throttle(clock, self._books, "reset")

    def ask(self, email: str, source: str) -> None:
        """Count that somebody asks, known or not. Raises ``Throttled``."""
        self._throttle.begin(email, source)

    def way(self, email: str) -> Way | None:
        """Make a way back for somebody, if there is such a person; former ones end.

        Who comes in by their firm – without a password, or for nothing else counts – gets none: a link would
        be a way around it.
        """
        entrant = self._entry.people.entrant(email)
        if entrant is None or entrant.credential is None:
            return None
        member = entrant.member_id

        def work(page: Page) -> Way | None:
            person = person_on(page, member)
            if person is None or is_by_firm_only(page, member):
                return None
            self._tickets.end(page, Step.RESET, member)
            return Way(Personal(person.email), self._tickets.issue(page, Step.RESET, member, RESET_LIFE))

        return self._books.at(entrant.tenant_id, work, writes=True)

    async def redeem(self, ticket: Secret, password: Secret) -> PersonRecord:
        """Set a password by a ticket; all sessions end. Raises :class:`TicketOver`, ``WeakPassword``."""
        mark = mark_of(ticket.reveal(), Step.RESET)

        def find(page: Page) -> _Whose | None:
            found = self._tickets.find(page, ticket.reveal(), Step.RESET)
            return None if found is None else _whose(page, MemberId(found.subject))

        whose = await self._entry.apart(lambda: self._books.behind(mark, find))
        if whose is None:
            raise TicketOver
        credential = await self._checked(whose, password)

        def work(page: Page) -> bool:
            if self._tickets.use_up(page, ticket.reveal(), Step.RESET) is None:
                return False
            put_password(page, whose.person.member_id, credential, is_short=_is_short(password))
            end_steps(page, whose.person.member_id)
            return True

        if not await self._entry.apart(lambda: self._books.behind(mark, work, writes=True)):
            raise TicketOver
        await self._entry.apart(lambda: self._ended(whose.person, None))
        return whose.person

    async def change(
        self, tenant: TenantId, member: MemberId, password: Secret, current: str | None
    ) -> PersonRecord:
        """Set a password for somebody who has just shown the present one; all sessions but the current end.

        Raises ``WeakPassword``.
        """
        whose = await self._entry.apart(lambda: self._books.at(tenant, lambda page: _whose(page, member)))
        if whose is None:
            raise TicketOver
        credential = await self._checked(whose, password)

        def work(page: Page) -> None:
            put_password(page, member, credential, is_short=_is_short(password))
            end_steps(page, member)

        await self._entry.apart(lambda: self._books.at(tenant, work, writes=True))
        await self._entry.apart(lambda: self._ended(whose.person, current))
        return whose.person

    async def _checked(self, whose: _Whose, password: Secret) -> Credential:
        check_password(password, whose.about, second_factor=whose.has_factor)
        return await self._passwords.hashed(password)

    def _ended(self, person: PersonRecord, current: str | None) -> None:
        """End the other sessions, and forget failures: who has proved their address may sign in."""
        self._register.end_others(person.tenant_id, person.member_id, current)
        self._entry.throttle.succeeded(person.email, "", attempts=0)


def _whose(page: Page, member: MemberId) -> _Whose | None:
    person = person_on(page, member)
    if person is None:
        return None
    about = (tenant_on(page).name, person.name, person.email)
    return _Whose(person, about, is_enrolled(page, member))


def _is_short(password: Secret) -> bool:
    return len(normalised(password).reveal()) < SHORTEST
