"""Another e-mail: confirmed by whoever reads mail there, told to the old address (measure A5).

The answer to asking is the same whether or not somebody has the new address; that is looked up after it has
left and told to that address alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.people import CLOSE_DOOR, OPEN_DOOR, TURN, People, PersonRecord, person_on
from leaddesk.server.identity.refusals import TicketOver
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.tickets import Step, Tickets, mark_of
from leaddesk.server.keys.places import person_place
from leaddesk.server.keys.port import member_key

EMAIL_LIFE = timedelta(hours=24)


class EmailInUse(Exception):
    """Somebody has got the address in the meantime."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose address it was, and which one it was before."""

    tenant: TenantId
    member: MemberId
    old: Personal[str]


class Emails:
    """Changes addresses in two steps."""

    def __init__(self, clock: Callable[[], datetime], entry: Entry) -> None:
        self._tickets = Tickets(clock)
        self._people: People = entry.people
        self._throttle = Throttle(clock, entry.people.books, "email")

    def ask(self, member: MemberId, source: str) -> None:
        """Count that somebody asks. Raises ``Throttled``."""
        self._throttle.begin(member, source)

    def ticket(self, tenant: TenantId, member: MemberId, email: str) -> Secret | None:
        """Make what confirms an address; former ones end. Nothing where somebody has it, or nobody asks."""
        if self._people.entrant(email) is not None:
            return None

        def work(page: Page) -> Secret | None:
            if person_on(page, member) is None:
                return None
            self._tickets.end(page, Step.EMAIL, member)
            return self._tickets.issue(page, Step.EMAIL, member, EMAIL_LIFE, {"email": email})

        return self._people.books.at(tenant, work, writes=True)

    def confirm(self, ticket: Secret) -> Moved:
        """Put the confirmed address in the old one's place. Raises :class:`TicketOver`, :class:`EmailInUse`.

        Links to set a password that went to the old address are good no more.
        """

        def work(page: Page) -> Moved | None:
            used = self._tickets.use_up(page, ticket.reveal(), Step.EMAIL)
            if used is None or not page.run(TURN):
                return None
            member = MemberId(used.subject)
            person = person_on(page, member)
            if person is None:
                return None
            self._tickets.end(page, Step.RESET, member)
            self._move(page, person, used.content["email"])
            return Moved(page.tenant, member, Personal(person.email))

        moved = self._people.books.behind(mark_of(ticket.reveal(), Step.EMAIL), work, writes=True)
        if moved is None:
            raise TicketOver
        self._people.books.changed()
        return moved

    def _move(self, page: Page, person: PersonRecord, email: str) -> None:
        mark = self._people.email_mark(email)
        if not page.run(OPEN_DOOR, mark):
            raise EmailInUse
        page.run(CLOSE_DOOR, self._people.email_mark(person.email))
        content = msgspec.json.encode({"name": person.name, "email": email})
        doc = page.seal(member_key(person.member_id), content, person_place(person.member_id))
        page.set("person", {"email_mark": mark, "doc": doc}, "member_id = ?", person.member_id)
