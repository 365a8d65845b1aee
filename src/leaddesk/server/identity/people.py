"""Tenants and who acts for them, people and API keys; in memory, tenant id first in every key."""

import unicodedata
from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId, Urn, member_urn
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeys
from leaddesk.server.identity.caller import ROLE_RIGHTS, VISIBLE_TO_REPS_ALL
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


class People:
    """The directory. One e-mail belongs to one member until tenants can be switched."""

    def __init__(self) -> None:
        self._tenants: dict[TenantId, TenantRecord] = {}
        self._persons: dict[TenantId, dict[MemberId, PersonRecord]] = {}
        self._by_email: dict[str, tuple[PersonRecord, Credential]] = {}
        self.api_keys = ApiKeys()

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

    def remove_tenant(self, tenant_id: TenantId) -> None:
        """Take a tenant, its people and its keys away: whoever was signed in is out with the next request."""
        self._tenants.pop(tenant_id, None)
        for person in self._persons.pop(tenant_id, {}).values():
            self._by_email.pop(normalised_email(person.email), None)
        for key in self.api_keys.of(tenant_id):
            self.api_keys.revoke(tenant_id, key.key_id)

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
        return self.api_keys.name_of(tenant_id, urn)

    def firm_of(self, tenant_id: TenantId) -> str | None:
        """Name a tenant, as partners see it."""
        tenant = self._tenants.get(tenant_id)
        return tenant.name if tenant else None

    def find_by_email(self, email: str) -> tuple[PersonRecord, Credential] | None:
        """Look up a sign-in name."""
        return self._by_email.get(normalised_email(email))


def sees_all_leads(role: Role, policy: TenantPolicy) -> bool:
    """Apply the tenant's visibility rule to a role (measure A10): admins and auditors see all."""
    return role is not Role.REP or policy.leads_visible_to_reps == VISIBLE_TO_REPS_ALL


def normalised_email(email: str) -> str:
    """Bring a sign-in name into the form it is compared in."""
    return unicodedata.normalize("NFC", email.strip()).casefold()
