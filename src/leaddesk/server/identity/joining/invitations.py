"""Invitations: an admin names an address and a role, and whoever reads mail there becomes a member.

Following the link confirms the address. Whether there is somebody with it already is told to that address
alone.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId, Urn
from leaddesk.contract.people import Role
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.choosing.rule import check_password
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import PersonRecord
from leaddesk.server.identity.refusals import TicketOver
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tenants import tenant_on
from leaddesk.server.identity.tokens.tickets import Step, Ticket, Tickets, mark_of

INVITATION_LIFE = timedelta(days=7)
MOST = 200
"""Invitations of one tenant that wait at the same time."""


class TooMany(Exception):
    """There are as many invitations as there may be."""


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """One invitation that waits."""

    invitation_id: str
    email: Personal[str] = field(repr=False)
    role: Role
    invited_by: Urn = field(repr=False)
    made_at: str
    expires_at: str


class Invitations:
    """Invites, withdraws, lets in."""

    def __init__(self, clock: Callable[[], datetime], entry: Entry, passwords: Passwords) -> None:
        self._tickets = Tickets(clock)
        self._entry = entry
        self._people = entry.people
        self._passwords = passwords

    def invite(self, tenant: TenantId, invitation_id: str, email: str, role: Role, by: Urn) -> Secret:
        """Make an invitation; a former one for the same address ends. Raises :class:`TooMany`."""

        def work(page: Page) -> Secret:
            waiting = self._tickets.of(page, Step.INVITATION)
            for one in waiting:
                if self._people.email_mark(one.content["email"]) == self._people.email_mark(email):
                    self._tickets.end(page, Step.INVITATION, one.subject)
            if len(waiting) >= MOST:
                raise TooMany
            content = {"email": email, "role": role.value, "by": by}
            return self._tickets.issue(page, Step.INVITATION, invitation_id, INVITATION_LIFE, content)

        return self._people.books.at(tenant, work, writes=True)

    def of(self, tenant: TenantId) -> list[InvitationRecord]:
        """Return the invitations that wait, the oldest first."""
        return self._people.books.at(
            tenant, lambda page: [_record(one) for one in self._tickets.of(page, Step.INVITATION)]
        )

    def withdraw(self, tenant: TenantId, invitation_id: str) -> bool:
        """End an invitation; tells whether there was such a one."""
        return bool(
            self._people.books.at(
                tenant, lambda page: self._tickets.end(page, Step.INVITATION, invitation_id), writes=True
            )
        )

    def is_taken(self, email: str) -> bool:
        """Tell whether somebody has this address already; for a letter to that address only."""
        return self._people.entrant(email) is not None

    async def accept(self, ticket: Secret, name: str, password: Secret) -> PersonRecord:
        """Make whoever has the ticket a member. Of several at once one is; the others' address is in use.

        Raises :class:`TicketOver`, ``WeakPassword``, ``ValueError`` for an address that is in use.
        """
        mark = mark_of(ticket.reveal(), Step.INVITATION)

        def find(page: Page) -> tuple[TenantId, str, InvitationRecord] | None:
            found = self._tickets.find(page, ticket.reveal(), Step.INVITATION)
            return None if found is None else (page.tenant, tenant_on(page).name, _record(found))

        books, apart = self._people.books, self._entry.apart
        found_one = await apart(lambda: books.behind(mark, find))
        if found_one is None:
            raise TicketOver
        tenant, firm, invitation = found_one
        email = invitation.email.reveal()
        check_password(password, (firm, name, email))
        credential = await self._passwords.hashed(password)
        person = PersonRecord(tenant, MemberId(str(uuid.uuid4())), name, email, invitation.role)
        await apart(lambda: self._people.add_person(person, credential))
        await apart(lambda: self.withdraw(tenant, invitation.invitation_id))
        return person


def _record(ticket: Ticket) -> InvitationRecord:
    known = ticket.content
    return InvitationRecord(
        ticket.subject,
        Personal(known["email"]),
        Role(known["role"]),
        Urn(known["by"]),
        ticket.made_at,
        ticket.expires_at,
    )
