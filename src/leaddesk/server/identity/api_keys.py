"""API keys: a machine's access to one tenant. The key itself is never stored, only its SHA-256."""

from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId, Urn, api_key_urn
from leaddesk.contract.people import Right, Role
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.tokens.digests import digest_of


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """One key. ``created_at`` is absent for a key that came with the installation."""

    tenant_id: TenantId
    key_id: str
    name: str = field(repr=False)
    rights: frozenset[Right]
    created_at: str | None = None

    @property
    def urn(self) -> Urn:
        """Name the key as an originator."""
        return api_key_urn(self.key_id)


class ApiKeys:
    """All keys that count. A revoked key is forgotten here; the tenant's log remembers that it was."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, ApiKeyRecord] = {}
        self._names: dict[tuple[TenantId, Urn], str] = {}

    def add(self, key: ApiKeyRecord, secret: Secret) -> None:
        """Enter a key by its digest."""
        self._by_digest[digest_of(secret.reveal())] = key
        self._names[key.tenant_id, key.urn] = key.name

    def of(self, tenant_id: TenantId) -> list[ApiKeyRecord]:
        """Return the keys of one tenant in the order they were entered."""
        return [key for key in self._by_digest.values() if key.tenant_id == tenant_id]

    def ever_of(self, tenant_id: TenantId) -> list[Urn]:
        """Name all keys a tenant ever had, revoked ones included."""
        return [urn for tenant, urn in self._names if tenant == tenant_id]

    def revoke(self, tenant_id: TenantId, key_id: str) -> bool:
        """Forget a key from here on; tells whether the tenant had it. Its name stays beside what it did."""
        found = [digest for digest, key in self._by_digest.items() if _is(key, tenant_id, key_id)]
        for digest in found:
            del self._by_digest[digest]
        return bool(found)

    def counts(self, tenant_id: TenantId, key_id: str) -> bool:
        """Tell whether a key is still good."""
        return any(_is(key, tenant_id, key_id) for key in self._by_digest.values())

    def name_of(self, tenant_id: TenantId, urn: Urn) -> str | None:
        """Name a key of this tenant, revoked ones included."""
        return self._names.get((tenant_id, urn))

    def caller_of(self, text: str) -> Caller | None:
        """Return the caller a key stands for; it sees all leads of its tenant."""
        record = self._by_digest.get(digest_of(text))
        if record is None:
            return None
        member = MemberId(record.key_id)
        return Caller(record.tenant_id, member, record.urn, record.name, Role.ADMIN, record.rights, True)


def _is(key: ApiKeyRecord, tenant_id: TenantId, key_id: str) -> bool:
    return key.tenant_id == tenant_id and key.key_id == key_id
