"""API keys: a machine's access to one tenant. The key itself is never stored, only its SHA-256."""

from dataclasses import dataclass, field
from typing import Any

from leaddesk.contract.ids import MemberId, TenantId, Urn, api_key_urn, is_api_key
from leaddesk.contract.people import Right, Role
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.identity.tenants import networks_on
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.keys.places import api_key_place
from leaddesk.server.keys.port import TENANT_KEY

_COLUMNS = "SELECT key_id, rights, created_at, doc, networks FROM api_key"
_ALL = _COLUMNS + " WHERE tenant_id = ? AND revoked = 0 ORDER BY rank"
_EVER = "SELECT key_id FROM api_key WHERE tenant_id = ? ORDER BY rank"
_BY_DIGEST = _COLUMNS + " WHERE tenant_id = ? AND digest = ? AND revoked = 0"
_BY_ID = _COLUMNS + " WHERE tenant_id = ? AND key_id = ? AND revoked = 0"
_NAME = "SELECT doc FROM api_key WHERE tenant_id = ? AND key_id = ?"
_NETWORKS = "SELECT networks FROM api_key WHERE tenant_id = ? AND key_id = ?"
_FIND = "SELECT digest FROM api_key WHERE tenant_id = ? AND key_id = ? AND revoked = 0"
_REMOVE = "DELETE FROM api_key WHERE tenant_id = ? AND key_id = ?"
_RANK = "SELECT COALESCE(MAX(rank), 0) + 1 FROM api_key WHERE tenant_id = ?"
_ADD = (
    "INSERT INTO api_key (tenant_id, key_id, rank, rights, created_at, revoked, digest, doc, networks)"
    " VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)"
)
_OPEN_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?)"
_CLOSE_DOOR = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """One key. ``created_at`` is absent for a key that came with the installation.

    ``networks``: where it may come from, in CIDR; empty: as the tenant's people.
    """

    tenant_id: TenantId
    key_id: str
    name: str = field(repr=False)
    rights: frozenset[Right]
    created_at: str | None = None
    networks: tuple[str, ...] = ()

    @property
    def urn(self) -> Urn:
        """Name the key as an originator."""
        return api_key_urn(self.key_id)


class ApiKeys:
    """All keys. Of a revoked one its name stays, beside what it did; the tenant's log says when it was."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def add(self, key: ApiKeyRecord, secret: Secret) -> None:
        """Enter a key by its digest; entering it again makes it count again."""
        digest = digest_of(secret.reveal())

        def work(page: Page) -> None:
            _shut(page, key.key_id)
            page.run(_REMOVE, key.key_id)
            ((rank,),) = page.select(_RANK)
            doc = page.seal(TENANT_KEY, key.name.encode(), api_key_place(key.key_id))
            rights, networks = " ".join(sorted(key.rights)), " ".join(key.networks) or None
            page.run(_ADD, key.key_id, rank, rights, key.created_at, digest, doc, networks)
            page.run(_OPEN_DOOR, digest)

        self._books.at(key.tenant_id, work, writes=True)
        self._books.changed()

    def of(self, tenant_id: TenantId) -> list[ApiKeyRecord]:
        """Return the keys of one tenant in the order they were entered."""
        return self._books.at(tenant_id, lambda page: [_record(page, *row) for row in page.select(_ALL)])

    def ever_of(self, tenant_id: TenantId) -> list[Urn]:
        """Name all keys a tenant ever had, revoked ones included."""
        return self._books.at(tenant_id, lambda page: [api_key_urn(row[0]) for row in page.select(_EVER)])

    def revoke(self, tenant_id: TenantId, key_id: str) -> bool:
        """Let a key count no more; tells whether the tenant had it. Its name stays beside what it did."""

        def work(page: Page) -> bool:
            had = _shut(page, key_id)
            page.set("api_key", {"revoked": 1}, "key_id = ?", key_id)
            return had

        had = self._books.at(tenant_id, work, writes=True)
        self._books.changed()
        return had

    def standing(self, tenant_id: TenantId, key_id: str) -> Caller | None:
        """Return the caller a key stands for now, by its id; nothing once it is good no more."""

        def work(page: Page) -> Caller | None:
            for row in page.select(_BY_ID, key_id):
                return _caller(page, _record(page, *row))
            return None

        return self._books.at(tenant_id, work)

    def caller_of(self, text: str) -> Caller | None:
        """Return the caller a key stands for; it sees all leads of its tenant."""
        digest = digest_of(text)

        def work(page: Page) -> Caller | None:
            for row in page.select(_BY_DIGEST, digest):
                return _caller(page, _record(page, *row))
            return None

        return self._books.behind(digest, work)


def name_on(page: Page, key_id: str) -> str | None:
    """Name a key of the page's tenant, revoked ones included."""
    for (doc,) in page.select(_NAME, key_id):
        name = page.opened(TENANT_KEY, doc, api_key_place(key_id))
        return None if name is None else name.decode()
    return None


def networks_of(page: Page, urn: Urn) -> tuple[str, ...]:
    """Return where a member or a key of the page's tenant may come from."""
    own = page.select(_NETWORKS, urn.rpartition(":")[2]) if is_api_key(urn) else []
    return tuple(own[0][0].split()) if own and own[0][0] else networks_on(page)


def _shut(page: Page, key_id: str) -> bool:
    """Shut a key's door; tells whether it was open."""
    found = page.select(_FIND, key_id)
    for (digest,) in found:
        page.run(_CLOSE_DOOR, digest)
    return bool(found)


def _caller(page: Page, record: ApiKeyRecord) -> Caller:
    member, networks = MemberId(record.key_id), record.networks or networks_on(page)
    who = (record.tenant_id, member, record.urn, record.name, Role.ADMIN, record.rights, True)
    return Caller(*who, networks=networks)


def _record(
    page: Page, key_id: str, rights: str, created_at: str | None, doc: Any, networks: str | None
) -> ApiKeyRecord:
    name = page.opened(TENANT_KEY, doc, api_key_place(key_id)) or b""
    granted = frozenset(Right(one) for one in rights.split())
    return ApiKeyRecord(
        page.tenant, key_id, name.decode(), granted, created_at, tuple((networks or "").split())
    )
