"""Tenants, the people who act for them, and API keys; in memory, tenant id first in every key."""

import unicodedata
from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId, Urn, member_urn
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.caller import ROLE_RIGHTS, VISIBLE_TO_REPS_ALL, Caller
from leaddesk.server.identity.digests import digest_of
from leaddesk.server.identity.passwords import Credential


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A customer of the platform."""

    tenant_id: TenantId
    name: str
    policy: TenantPolicy = field(default_factory=TenantPolicy)


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
class ApiKeyRecord:
    """A machine's access to one tenant. The key itself is never stored, only its SHA-256."""

    tenant_id: TenantId
    key_id: str
    name: str
    rights: frozenset[Right]


class People:
    """The directory. One e-mail belongs to one member until tenants can be switched."""

    def __init__(self) -> None:
        self._tenants: dict[TenantId, TenantRecord] = {}
        self._persons: dict[TenantId, dict[MemberId, PersonRecord]] = {}
        self._by_email: dict[str, tuple[PersonRecord, Credential]] = {}
        self._keys: dict[bytes, ApiKeyRecord] = {}

    def add_tenant(self, tenant: TenantRecord) -> None:
        """Enter a tenant; entering it again replaces name and policy."""
        self._tenants[tenant.tenant_id] = tenant
        self._persons.setdefault(tenant.tenant_id, {})

    def add_person(self, person: PersonRecord, password: Secret) -> None:
        """Enter a member. The password is hashed at its first use in a worker (P13), not here.

        Raises ``KeyError`` for an unknown tenant and ``ValueError`` for an e-mail in use.
        """
        email = normalised_email(person.email)
        if email in self._by_email:
            raise ValueError("e-mail already in use")
        self._persons[person.tenant_id][person.member_id] = person
        self._by_email[email] = (person, Credential(password))

    def add_api_key(self, key: ApiKeyRecord, secret: Secret) -> None:
        """Enter an API key by its digest. Raises ``KeyError`` for an unknown tenant."""
        self.tenant(key.tenant_id)
        self._keys[digest_of(secret.reveal())] = key

    def tenant(self, tenant_id: TenantId) -> TenantRecord:
        """Return a tenant. Raises ``KeyError``."""
        return self._tenants[tenant_id]

    def tenants(self) -> list[TenantRecord]:
        """Return all tenants in the order they were entered."""
        return list(self._tenants.values())

    def person(self, tenant_id: TenantId, member_id: MemberId) -> PersonRecord | None:
        """Return a member of that tenant, or nothing."""
        return self._persons.get(tenant_id, {}).get(member_id)

    def members(self, tenant_id: TenantId) -> list[PersonRecord]:
        """Return the members of one tenant."""
        return list(self._persons.get(tenant_id, {}).values())

    def name_of(self, tenant_id: TenantId, urn: Urn) -> str | None:
        """Name a member or API key of *this* tenant by URN; other tenants' people have no name here."""
        member = self.person(tenant_id, MemberId(urn.rpartition(":")[2]))
        if member is not None and member_urn(member.member_id) == urn:
            return member.name
        return next((key.name for key in self._keys.values() if _owns(key, tenant_id, urn)), None)

    def firm_of(self, tenant_id: TenantId) -> str | None:
        """Name a tenant, as partners see it."""
        tenant = self._tenants.get(tenant_id)
        return tenant.name if tenant else None

    def find_by_email(self, email: str) -> tuple[PersonRecord, Credential] | None:
        """Look up a sign-in name."""
        return self._by_email.get(normalised_email(email))

    def find_by_key(self, key: str) -> Caller | None:
        """Return the caller that an API key stands for; it sees all leads of its tenant."""
        record = self._keys.get(digest_of(key))
        if record is None:
            return None
        member, urn = MemberId(record.key_id), api_key_urn(record.key_id)
        return Caller(record.tenant_id, member, urn, record.name, Role.ADMIN, record.rights, True)


def sees_all_leads(role: Role, policy: TenantPolicy) -> bool:
    """Apply the tenant's visibility rule to a role (measure A10): admins and auditors see all."""
    return role is not Role.REP or policy.leads_visible_to_reps == VISIBLE_TO_REPS_ALL


def normalised_email(email: str) -> str:
    """Bring a sign-in name into the form it is compared in."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def api_key_urn(key_id: str) -> Urn:
    """Name an API key as an originator."""
    return Urn(f"urn:lt:tenants:api-key:{key_id}")


def _owns(key: ApiKeyRecord, tenant_id: TenantId, urn: Urn) -> bool:
    return key.tenant_id == tenant_id and api_key_urn(key.key_id) == urn
