"""Tenants and who acts for them, people and API keys."""

import unicodedata
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import msgspec

from leaddesk.contract.ids import MemberId, TenantId, Urn, member_urn
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeys, name_on
from leaddesk.server.identity.caller import ROLE_RIGHTS, VISIBLE_TO_REPS_ALL
from leaddesk.server.identity.passwords import Credential, Passwords
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.identity.storage.decoy import Decoy
from leaddesk.server.identity.storage.former import former_name_on
from leaddesk.server.identity.storage.schema import TENANT_TABLES
from leaddesk.server.identity.tenants import TenantRecord as TenantRecord  # noqa: PLC0414 - as it was found here
from leaddesk.server.identity.tenants import enter_tenant, tenant_on
from leaddesk.server.keys.places import password_place, person_place
from leaddesk.server.keys.port import INSTANCE_KEY, member_key

PAGE = 500
"""Members read by one statement."""

TURN = "UPDATE tenant SET serial = serial + 1 WHERE tenant_id = ?"
"""Whoever changes who is a member of one tenant, and as what, takes turns at its row."""
_COLUMNS = "SELECT member_id, role, extra_rights, doc, rank FROM person"
_PERSON = _COLUMNS + " WHERE tenant_id = ? AND member_id = ?"
_MEMBERS = _COLUMNS + " WHERE tenant_id = ? AND rank > ? ORDER BY rank LIMIT ?"
_FORMER = "SELECT rank, email_mark FROM person WHERE tenant_id = ? AND member_id = ?"
_RANK = "SELECT COALESCE(MAX(rank), 0) + 1 FROM person WHERE tenant_id = ?"
_REMOVE = "DELETE FROM person WHERE tenant_id = ? AND member_id = ?"
_ADD = (
    "INSERT INTO person (tenant_id, member_id, rank, role, extra_rights, email_mark, doc)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
OPEN_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING"
CLOSE_DOOR = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"
_BY_EMAIL = (
    "SELECT p.member_id, w.doc FROM person p LEFT JOIN password w"
    " ON w.tenant_id = p.tenant_id AND w.member_id = p.member_id WHERE p.tenant_id = ? AND p.email_mark = ?"
)
_PASSWORD = "SELECT doc FROM password WHERE tenant_id = ? AND member_id = ?"  # noqa: S105 - a statement
_IS_SHORT = "SELECT is_short FROM password WHERE tenant_id = ? AND member_id = ?"
_FORGET_PASSWORD = "DELETE FROM password WHERE tenant_id = ? AND member_id = ?"  # noqa: S105 - a statement
_KEEP = (
    "INSERT INTO password (tenant_id, member_id, doc, is_short) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, member_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A member of one tenant; ``extra_rights`` are granted individually."""

    tenant_id: TenantId
    member_id: MemberId
    name: str = field(repr=False)
    email: str = field(repr=False)
    role: Role
    extra_rights: frozenset[Right] = frozenset()

    @property
    def rights(self) -> frozenset[Right]:
        """Rights of the role and the individual grants."""
        return ROLE_RIGHTS[self.role] | self.extra_rights


@dataclass(frozen=True, slots=True)
class Entrant:
    """Whose account it is, and what their password is checked with; ``kept`` as it lies there, sealed."""

    tenant_id: TenantId
    member_id: MemberId
    credential: Credential | None
    kept: bytes | None = None


class People:
    """The directory. One e-mail belongs to one member until tenants can be switched."""

    def __init__(self, books: Books | None = None, passwords: Passwords | None = None) -> None:
        self.books = books or Books()
        self.api_keys = ApiKeys(self.books)
        self._passwords = passwords or Passwords()
        self.unhashed: dict[tuple[TenantId, MemberId], Credential] = {}
        self._decoy = Decoy()

    def add_tenant(self, tenant: TenantRecord) -> None:
        """Enter a tenant; entering it again replaces all of it."""
        self.books.at(tenant.tenant_id, lambda page: enter_tenant(page, tenant), writes=True)
        self.books.changed()

    def add_person(self, person: PersonRecord, password: Secret | Credential | None) -> None:
        """Enter a member; entering it again replaces all of it. Who has no password comes in by their firm.

        In memory the password is hashed at its first use in a worker (P13), where it outlives the process
        here and now. Raises ``KeyError`` for an unknown tenant and ``ValueError`` for an e-mail in use.
        """
        credential = password if isinstance(password, Credential) else Credential.made(password)
        if self.books.storage.is_shared:
            self._passwords.use_up(credential)
        self.books.at(person.tenant_id, lambda page: self._enter(page, person, credential), writes=True)
        if credential.pending is not None:
            self.unhashed[person.tenant_id, person.member_id] = credential
        self.books.changed()

    def remove_tenant(self, tenant_id: TenantId) -> None:
        """Take a tenant, its people and its keys away: whoever was signed in is out with the next request,
        elsewhere a moment later (``recent.SECONDS``).
        """

        def work(page: Page) -> None:
            for table in TENANT_TABLES:
                page.run(f"DELETE FROM {table} WHERE tenant_id = ?")  # noqa: S608 - names from our own schema

        self.books.at(tenant_id, work, writes=True)
        self.unhashed = {name: kept for name, kept in self.unhashed.items() if name[0] != tenant_id}
        self.books.changed()

    def tenant(self, tenant_id: TenantId) -> TenantRecord:
        """Return a tenant. Raises ``KeyError``."""
        return self.books.at(tenant_id, tenant_on)

    def person(self, tenant_id: TenantId, member_id: MemberId) -> PersonRecord | None:
        """Return a member of that tenant, or nothing."""
        return self.books.at(tenant_id, lambda page: person_on(page, member_id))

    def members(self, tenant_id: TenantId) -> list[PersonRecord]:
        """Return the members of one tenant in the order they were entered."""

        def work(page: Page) -> list[PersonRecord]:
            found, rank = [], 0
            while rows := page.select(_MEMBERS, rank, PAGE):
                found += [_person(page, *row[:4]) for row in rows]
                rank = rows[-1][4]
            return found

        return self.books.at(tenant_id, work)

    def name_of(self, tenant_id: TenantId, urn: Urn) -> str | None:
        """Name a member, one who has left, or an API key of *this* tenant; nobody else has a name here."""
        last = urn.rpartition(":")[2]

        def work(page: Page) -> str | None:
            whose = MemberId(last)
            if member_urn(whose) != urn:
                return name_on(page, last)
            member = person_on(page, whose)
            return member.name if member is not None else former_name_on(page, whose)

        return self._named((tenant_id, urn), lambda: self.books.at(tenant_id, work))

    def firm_of(self, tenant_id: TenantId) -> str | None:
        """Name a tenant, as partners see it."""

        def look() -> str | None:
            try:
                return self.tenant(tenant_id).name
            except KeyError:
                return None

        return self._named(tenant_id, look)

    def entrant(self, email: str) -> Entrant | None:
        """Look up a sign-in name: the same statements and keys whether there is somebody or not."""
        mark = self.email_mark(email)

        def work(page: Page) -> Entrant | None:
            self._decoy.sealed(page)
            for member_id, doc in page.select(_BY_EMAIL, mark):
                return self._entrant(page, MemberId(member_id), doc)
            self._decoy.opened(page)
            return None

        return self.books.behind(mark, work)

    def account(self, tenant_id: TenantId, member_id: MemberId) -> Entrant:
        """Return what a member's password is checked with, who is signed in already."""

        def work(page: Page) -> Entrant:
            found = page.select(_PASSWORD, member_id)
            return self._entrant(page, member_id, found[0][0] if found else None)

        return self.books.at(tenant_id, work)

    def keep_password(self, entrant: Entrant) -> None:
        """Keep the hash that was made when a password was used, unless there is another password by now."""
        member, credential = entrant.member_id, entrant.credential
        if credential is None or not credential.is_new:
            return

        def work(page: Page) -> None:
            if entrant.kept is None:
                page.run(_KEEP, member, _sealed(page, member, credential), 0)
            else:
                sealed = _sealed(page, member, credential)
                page.set("password", {"doc": sealed}, "member_id = ? AND doc = ?", member, entrant.kept)

        self.books.at(entrant.tenant_id, work, writes=True)
        self.unhashed.pop((entrant.tenant_id, member), None)

    def email_mark(self, email: str) -> bytes:
        """Return what an e-mail is found by."""
        return self.books.digest("email", normalised_email(email))

    def _enter(self, page: Page, person: PersonRecord, credential: Credential) -> None:
        if not page.run(TURN):
            raise KeyError("tenant")
        member, mark = person.member_id, self.email_mark(person.email)
        ((rank,),) = page.select(_RANK)
        for former_rank, former_mark in page.select(_FORMER, member):
            rank = former_rank
            page.run(CLOSE_DOOR, former_mark)
        if not page.run(OPEN_DOOR, mark):
            raise ValueError("e-mail already in use")
        content = msgspec.json.encode({"name": person.name, "email": person.email})
        doc = page.seal(member_key(member), content, person_place(member))
        page.run(_REMOVE, member)
        page.run(_ADD, member, rank, person.role, " ".join(sorted(person.extra_rights)), mark, doc)
        page.run(_FORGET_PASSWORD, member)
        if credential.hashed:
            put_password(page, member, credential, is_short=False)

    def _entrant(self, page: Page, member: MemberId, doc: bytes | None) -> Entrant:
        return Entrant(page.tenant, member, self._credential(page, member, doc), doc)

    def _credential(self, page: Page, member_id: str, doc: bytes | None) -> Credential | None:
        """Return what a password is checked with; nothing for somebody who has none."""
        if doc is None:
            return self.unhashed.get((page.tenant, MemberId(member_id)))
        hashed = page.opened(INSTANCE_KEY, doc, password_place(page.tenant, member_id))
        return None if hashed is None else Credential.of(hashed.decode())

    def _named(self, name: Hashable, look: Callable[[], str | None]) -> str | None:
        """Look a name up, or remember it; nobody's is remembered as empty."""
        known, changes = self.books.names.get(name), self.books.names.changes
        if known is None:
            known = look() or ""
            self.books.names.keep(name, known, changes)
        return known or None


def person_on(page: Page, member_id: MemberId) -> PersonRecord | None:
    """Return a member of the page's tenant, or nothing."""
    found = page.select(_PERSON, member_id)
    return _person(page, *found[0][:4]) if found else None


def _person(page: Page, member_id: str, role: str, extra_rights: str, doc: bytes) -> PersonRecord:
    content = page.opened(member_key(member_id), doc, person_place(member_id))
    known = {"name": "", "email": ""} if content is None else msgspec.json.decode(content)
    extra = frozenset(Right(one) for one in extra_rights.split())
    return PersonRecord(page.tenant, MemberId(member_id), known["name"], known["email"], Role(role), extra)


def put_password(page: Page, member_id: MemberId, credential: Credential, *, is_short: bool) -> None:
    """Put a new password in the old one's place; ``is_short``: it counts beside a second factor only."""
    page.run(_FORGET_PASSWORD, member_id)
    page.run(_KEEP, member_id, _sealed(page, member_id, credential), int(is_short))


def has_short_password(page: Page, member_id: MemberId) -> bool:
    """Tell whether a member's password counts beside a second factor only."""
    return any(is_short for (is_short,) in page.select(_IS_SHORT, member_id))


def _sealed(page: Page, member_id: MemberId, credential: Credential) -> bytes:
    """Seal the hash of a password."""
    return page.seal(INSTANCE_KEY, credential.hashed.encode(), password_place(page.tenant, member_id))


def sees_all_leads(role: Role, policy: TenantPolicy) -> bool:
    """Apply the tenant's visibility rule to a role (measure A10): admins and auditors see all."""
    return role is not Role.REP or policy.leads_visible_to_reps == VISIBLE_TO_REPS_ALL


def normalised_email(email: str) -> str:
    """Bring a sign-in name into the form it is compared in."""
    return unicodedata.normalize("NFC", email.strip()).casefold()
