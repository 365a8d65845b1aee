"""The second step of signing in: a code of an app, or a recovery code (NIST SP 800-63B-4; measure A5).

In a browser the request under way remembers who has taken the first step; the form in the app gets a ticket
for it. An attempt has succeeded with its last step: whoever has a password cannot try codes without end.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.authorization.steps import PASSWORD, Arrival
from leaddesk.server.identity.authorization.telling import REFUSED, SECOND_STEP, Told
from leaddesk.server.identity.people import People
from leaddesk.server.identity.proving.factors import SecondFactors, is_enrolled
from leaddesk.server.identity.refusals import SignInRefused, TicketOver
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tokens.tickets import Step, Ticket, Tickets, mark_of

TICKET_LIFE = timedelta(minutes=5)
"""How long the second step may take."""
SECOND_FACTOR = "second-factor"


class SecondFactorStep:
    """The code of an app, or a recovery code, after a password; a firm's own sign-in asks for its own."""

    kind = SECOND_FACTOR

    def __init__(self, people: People, factors: SecondFactors, entry: Entry) -> None:
        self._people = people
        self._factors = factors
        self._entry = entry

    def is_due(self, arrival: Arrival) -> bool:
        """Tell whether it is asked of them. May wait for the database."""
        member = arrival.member_id
        return PASSWORD in arrival.ways and self._people.books.at(
            arrival.tenant_id, lambda page: is_enrolled(page, member)
        )

    async def passes(self, arrival: Arrival, answer: Secret, source: str) -> bool:
        """Tell whether the code is right; it is used up then. Raises ``Throttled``."""
        return await self._entry.apart(lambda: self._passes(arrival, answer, source))

    def _passes(self, arrival: Arrival, answer: Secret, source: str) -> bool:
        member, books = arrival.member_id, self._people.books
        person = self._people.person(arrival.tenant_id, member)
        if person is None:
            return False
        self._entry.throttle.begin(person.email, source)
        right = books.at(
            arrival.tenant_id, lambda page: self._factors.takes(page, member, answer.reveal()), writes=True
        )
        if right:
            self._entry.throttle.succeeded(person.email, source, attempts=2)
        else:
            self._entry.tell(Told(arrival.tenant_id, member, SECOND_STEP, REFUSED))
        return right


class SecondStep:
    """The way from the first step to the second for whoever has no browser."""

    def __init__(self, clock: Callable[[], datetime], people: People, entry: Entry) -> None:
        self._tickets = Tickets(clock)
        self._people = people
        self._entry = entry

    async def ticket(self, arrival: Arrival, code_challenge: str) -> Secret:
        """Make a ticket for the second step of the form in the app, bound to its code challenge."""

        def work(page: Page) -> Secret:
            content = {"challenge": code_challenge, "ways": " ".join(arrival.ways)}
            return self._tickets.issue(page, Step.SECOND_FACTOR, arrival.member_id, TICKET_LIFE, content)

        return await self._entry.apart(lambda: self._people.books.at(arrival.tenant_id, work, writes=True))

    async def take(self, ticket: Secret, code: Secret, source: str) -> tuple[Arrival, str]:
        """Take the second step with a ticket; gives who has arrived, and the code challenge of the first.

        Raises :class:`SignInRefused` for a wrong code, :class:`TicketOver`, ``Throttled``.
        """
        found = await self._entry.apart(lambda: self._found(ticket))
        if found is None:
            raise TicketOver
        arrival, known = found
        step = await self._entry.next_step(arrival)
        if step is not None and not await step.passes(arrival, code, source):
            await self._entry.apart(lambda: self._failed(arrival, known))
            raise SignInRefused
        if not await self._entry.apart(lambda: self._used_up(arrival, ticket)):
            raise TicketOver
        return arrival if step is None else arrival.after(step.kind), known.content["challenge"]

    def _found(self, text: Secret) -> tuple[Arrival, Ticket] | None:
        def work(page: Page) -> tuple[Arrival, Ticket] | None:
            ticket = self._tickets.find(page, text.reveal(), Step.SECOND_FACTOR)
            if ticket is None:
                return None
            return Arrival(
                page.tenant, MemberId(ticket.subject), tuple(ticket.content["ways"].split())
            ), ticket

        return self._people.books.behind(mark_of(text.reveal(), Step.SECOND_FACTOR), work)

    def _failed(self, arrival: Arrival, ticket: Ticket) -> None:
        self._people.books.at(arrival.tenant_id, lambda page: self._tickets.failed(page, ticket), writes=True)

    def _used_up(self, arrival: Arrival, text: Secret) -> bool:
        def work(page: Page) -> bool:
            return self._tickets.use_up(page, text.reveal(), Step.SECOND_FACTOR) is not None

        return self._people.books.at(arrival.tenant_id, work, writes=True)
