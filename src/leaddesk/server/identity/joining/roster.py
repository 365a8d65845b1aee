"""The roster: who is a member of a tenant and as what; changing that, and leaving (measures A5, A10, A14).

Somebody who may do what admins may is always left; two who take the role from each other at the same moment
take turns. Who leaves is out at once: sessions, codes, tickets, password and second factor go, their key is
destroyed with name and e-mail under it, and the name alone stays beside what they did.
"""

from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role
from leaddesk.server.identity.passwords import Credential
from leaddesk.server.identity.people import (
    TURN,
    People,
    PersonRecord,
    has_short_password,
    person_on,
    put_password,
)
from leaddesk.server.identity.proving.factors import forget_factor
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.storage.former import former_on, keep_name
from leaddesk.server.identity.tenants import tenant_on
from leaddesk.server.identity.tokens.register import Register
from leaddesk.server.identity.tokens.sweeping import end_everything
from leaddesk.server.keys.port import member_key

_ALL = (
    "SELECT p.member_id, f.since, w.member_id FROM person p"
    " LEFT JOIN second_factor f ON f.tenant_id = p.tenant_id AND f.member_id = p.member_id"
    " LEFT JOIN password w ON w.tenant_id = p.tenant_id AND w.member_id = p.member_id WHERE p.tenant_id = ?"
)
_OTHER_ADMINS = (
    "SELECT p.member_id, f.since FROM person p"
    " LEFT JOIN second_factor f ON f.tenant_id = p.tenant_id AND f.member_id = p.member_id"
    " WHERE p.tenant_id = ? AND p.role = 'admin' AND p.member_id <> ?"
)
_FORGET = (
    "DELETE FROM password WHERE tenant_id = ? AND member_id = ?",
    "DELETE FROM person WHERE tenant_id = ? AND member_id = ?",
)
_CLOSE_DOOR = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"
_NOTHING_BEYOND = frozenset[Right]()


class LastAdmin(Exception):
    """Nobody would be left who may do what admins may."""


class BreaksGlass(Exception):
    """This account is to come in when the firm's sign-in does not work; it has to leave that list first."""


class Nobody(Exception):
    """There is no such member."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A member with what they sign in with."""

    person: PersonRecord = field(repr=False)
    has_password: bool
    has_factor: bool


class Roster:
    """Lists the members of one tenant and changes what they are."""

    def __init__(self, people: People, register: Register) -> None:
        self._people = people
        self._register = register

    def of(self, tenant: TenantId) -> list[Listed]:
        """Return the members in the order they were entered."""
        ways = self._people.books.at(tenant, lambda page: {row[0]: row[1:] for row in page.select(_ALL)})
        found = []
        for person in self._people.members(tenant):
            since, password = ways.get(person.member_id, (None, None))
            is_pending = (tenant, person.member_id) in self._people.unhashed
            found.append(Listed(person, password is not None or is_pending, since is not None))
        return found

    def former(self, tenant: TenantId) -> list[tuple[MemberId, str]]:
        """Return who has left, by id and name."""
        return self._people.books.at(tenant, former_on)

    def set_role(self, tenant: TenantId, member: MemberId, role: Role) -> None:
        """Give a member another role, from the next request on; an auditor has no rights beyond the role.

        Raises :class:`Nobody`, :class:`LastAdmin`, :class:`BreaksGlass`.
        """

        def work(page: Page) -> None:
            person = _in_turn(page, member)
            if role is not Role.ADMIN:
                _check_left(page, person)
            beyond = _NOTHING_BEYOND if role is Role.AUDITOR else person.extra_rights
            values = {"role": role.value, "extra_rights": " ".join(sorted(beyond))}
            page.set("person", dict(values), "member_id = ?", member)

        self._people.books.at(tenant, work, writes=True)
        self._people.books.changed()

    def remove(self, tenant: TenantId, member: MemberId) -> None:
        """Let a member be one no more. Raises :class:`Nobody`, :class:`LastAdmin`, :class:`BreaksGlass`."""

        def work(page: Page) -> None:
            person = _in_turn(page, member)
            _check_left(page, person)
            end_everything(page, member)
            forget_factor(page, member)
            mark = self._people.email_mark(person.email)
            keep_name(page, member, person.name, mark)
            page.run(_CLOSE_DOOR, mark)
            for forget in _FORGET:
                page.run(forget, member)

        self._people.books.at(tenant, work, writes=True)
        self._people.unhashed.pop((tenant, member), None)
        self._people.books.changed()
        self._people.books.keys.destroy(tenant, [member_key(member)])

    def has_short_password(self, tenant: TenantId, member: MemberId) -> bool:
        """Tell whether somebody's password counts beside a second factor only."""
        return self._people.books.at(tenant, lambda page: has_short_password(page, member))

    def reset_factor(self, tenant: TenantId, member: MemberId, instead: Credential) -> PersonRecord:
        """Take a member's second factor away and end their sessions; gives who it was.

        A password that is too short alone is replaced by ``instead``, which nobody knows. Raises
        :class:`Nobody`, :class:`BreaksGlass`.
        """

        def work(page: Page) -> PersonRecord:
            person = _in_turn(page, member)
            check_glass(page, member)
            forget_factor(page, member)
            if has_short_password(page, member):
                put_password(page, member, instead, is_short=False)
            return person

        person = self._people.books.at(tenant, work, writes=True)
        self._register.end_others(tenant, member, None)
        self._people.books.changed()
        return person


def _in_turn(page: Page, member: MemberId) -> PersonRecord:
    """Take the tenant's turn, and look who it is."""
    page.run(TURN)
    person = person_on(page, member)
    if person is None:
        raise Nobody
    return person


def check_glass(page: Page, member: MemberId) -> None:
    """Let pass whoever does not stand ready for the day the firm's sign-in fails."""
    policy = tenant_on(page).sign_in
    if policy.firm_only and member in policy.break_glass:
        raise BreaksGlass


def _check_left(page: Page, person: PersonRecord) -> None:
    """Let pass whoever is not the last that can do what admins can."""
    check_glass(page, person.member_id)
    if person.role is not Role.ADMIN:
        return
    needs_factor = tenant_on(page).sign_in.second_factor_for_admins
    others = page.select(_OTHER_ADMINS, person.member_id)
    if not any(since is not None or not needs_factor for _, since in others):
        raise LastAdmin
