"""Who comes in by their firm: known by the provider's own id of them, else by e-mail, else a new member.

A new member is a rep, the role with the least rights (measure A10). Only addresses of the firm's own domains
are believed: a provider says nothing about other people's. An account with more rights than a new one, and a
password of its own, is not a provider's to give away: its owner links it, once, by that password. Who has
left is not brought back; an admin invites them again.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Role
from leaddesk.server.identity.authorization.requests import Link
from leaddesk.server.identity.authorization.steps import FIRM, Arrival
from leaddesk.server.identity.caller import ROLE_RIGHTS
from leaddesk.server.identity.firms.providers import Provider, domain_of
from leaddesk.server.identity.people import People, PersonRecord
from leaddesk.server.identity.refusals import SignInRefused
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.storage.former import has_left

_KNOWN = (
    "SELECT s.member_id, s.own FROM firm_subject s JOIN person p ON p.tenant_id = s.tenant_id"
    " AND p.member_id = s.member_id WHERE s.tenant_id = ? AND s.mark = ?"
)
_BY_EMAIL = "SELECT member_id FROM person WHERE tenant_id = ? AND email_mark = ?"
_FORGET = "DELETE FROM firm_subject WHERE tenant_id = ? AND mark = ?"
_LEARN = "INSERT INTO firm_subject (tenant_id, mark, member_id, own) VALUES (?, ?, ?, ?)"
_EVER = (
    "SELECT 1 FROM firm_subject s JOIN former_person f ON f.tenant_id = s.tenant_id"
    " AND f.member_id = s.member_id WHERE s.tenant_id = ? AND s.mark = ?"
)
LONGEST_NAME = 200
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")


class LinkNeeded(Exception):
    """The account is worth more than a provider's word: its owner shows the password once."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link = link


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a provider vouches for. ``email`` is empty where it does not vouch for one."""

    issuer: str
    subject: str = field(repr=False)
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    @property
    def mark(self) -> bytes:
        """What is kept of the provider's id of them."""
        return hashlib.sha256(f"{self.issuer}\x1f{self.subject}".encode()).digest()


_Entering = Callable[[TenantId, Subject], MemberId]


class Arrivals:
    """Lets people in by their firm."""

    def __init__(self, people: People, new_id: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._people = people
        self._new_id = new_id

    def arrive(self, tenant: TenantId, provider: Provider, subject: Subject) -> Arrival:
        """Return who has come in, entered just in time if need be.

        Raises :class:`SignInRefused`, :class:`LinkNeeded`.
        """
        member, known = self._recognised(tenant, provider, subject, self._entered)
        if not known:
            self._people.books.at(tenant, lambda page: learn(page, subject.mark, member), writes=True)
        return Arrival(tenant, member, (FIRM,))

    def returning(self, tenant: TenantId, provider: Provider, subject: Subject) -> Arrival:
        """Return which member has come again; nobody is entered, and no id learnt.

        Raises :class:`SignInRefused`, :class:`LinkNeeded`.
        """
        member, _ = self._recognised(tenant, provider, subject, _nobody)
        return Arrival(tenant, member, (FIRM,))

    def _recognised(
        self, tenant: TenantId, provider: Provider, subject: Subject, otherwise: _Entering
    ) -> tuple[MemberId, bool]:
        """Return whom a provider means, and whether its id of them was known; ``otherwise``: a new one."""
        known = self._people.books.at(tenant, lambda page: page.select(_KNOWN, subject.mark))
        if known:
            member, is_own = MemberId(known[0][0]), bool(known[0][1])
        else:
            if domain_of(subject.email) not in provider.domains or not _ADDRESS.fullmatch(subject.email):
                raise SignInRefused
            member, is_own = self._by_email(tenant, subject) or otherwise(tenant, subject), False
        if not is_own and self._is_worth_more(tenant, member):
            raise LinkNeeded(Link(tenant, member, subject.mark))
        return member, bool(known)

    def _is_worth_more(self, tenant: TenantId, member: MemberId) -> bool:
        """Tell whether an account has more rights than a new one, and a password of its own."""
        person = self._people.person(tenant, member)
        if person is None or person.rights <= ROLE_RIGHTS[Role.REP]:
            return False
        return self._people.account(tenant, member).credential is not None

    def _by_email(self, tenant: TenantId, subject: Subject) -> MemberId | None:
        mark = self._people.email_mark(subject.email)
        found = self._people.books.at(tenant, lambda page: page.select(_BY_EMAIL, mark))
        return MemberId(found[0][0]) if found else None

    def _entered(self, tenant: TenantId, subject: Subject) -> MemberId:
        member = MemberId(self._new_id())
        name = subject.name.strip()[:LONGEST_NAME] or subject.email.rpartition("@")[0]
        person = PersonRecord(tenant, member, name, subject.email.strip(), Role.REP)
        if self._people.books.at(tenant, lambda page: self._has_left(page, subject)):
            raise SignInRefused
        try:
            self._people.add_person(person, None)
        except (KeyError, ValueError):  # the tenant has gone, or the e-mail is another tenant's member's
            again = self._by_email(tenant, subject)  # or they came twice at the same moment
            if again is None:
                raise SignInRefused from None
            return again
        return member

    def _has_left(self, page: Page, subject: Subject) -> bool:
        return has_left(page, self._people.email_mark(subject.email)) or bool(
            page.select(_EVER, subject.mark)
        )


def _nobody(_tenant: TenantId, _subject: Subject) -> MemberId:
    raise SignInRefused


def learn(page: Page, mark: bytes, member: MemberId, *, own: bool = False) -> None:
    """Note whom a provider's id stands for; ``own``: its owner has said so, by the password."""
    page.run(_FORGET, mark)
    page.run(_LEARN, mark, member, int(own))
