"""Providers: where a tenant's people sign in, sealed under the tenant's key; e-mail domains lead to them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.keys.places import provider_place
from leaddesk.server.keys.port import TENANT_KEY

_FIND = "SELECT doc FROM firm_provider WHERE tenant_id = ?"
_SET = (
    "INSERT INTO firm_provider (tenant_id, doc) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET doc = excluded.doc"
)
_REMOVE = "DELETE FROM firm_provider WHERE tenant_id = ?"
_OPEN_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING"
_CLOSE_DOOR = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"


class DomainTaken(Exception):
    """Another tenant's people have e-mail addresses there."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID provider as a tenant configured it. ``domains``: of the e-mail addresses it answers for."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: tuple[str, ...]


class Providers:
    """The tenants' providers, one each at most."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def of(self, tenant: TenantId) -> Provider | None:
        """Return a tenant's provider."""
        return self._books.at(tenant, _provider_on)

    def change(self, tenant: TenantId, changed: Callable[[Provider | None], Provider | None]) -> None:
        """Set or remove a provider, from what it is now. Raises :class:`DomainTaken`, and what ``changed``
        does.
        """

        def work(page: Page) -> None:
            former = _provider_on(page)
            wanted = changed(former)
            for domain in former.domains if former else ():
                page.run(_CLOSE_DOOR, self._mark(domain))
            page.run(_REMOVE)
            if wanted is None:
                return
            for domain in wanted.domains:
                if not page.run(_OPEN_DOOR, self._mark(domain)):
                    raise DomainTaken
            page.run(_SET, page.seal(TENANT_KEY, msgspec.json.encode(wanted), provider_place()))

        self._books.at(tenant, work, writes=True)

    def behind(self, email: str) -> tuple[TenantId, Provider] | None:
        """Return whose provider answers for an e-mail address."""

        def work(page: Page) -> tuple[TenantId, Provider] | None:
            found = _provider_on(page)
            return None if found is None else (page.tenant, found)

        return self._books.behind(self._mark(domain_of(email)), work)

    def _mark(self, domain: str) -> bytes:
        return self._books.digest("firm-domain", domain)


def domain_of(email: str) -> str:
    """Return the domain of an e-mail address, in the form it is compared in."""
    return email.strip().rpartition("@")[2].casefold()


def with_former_secret(wanted: Provider, former: Provider | None) -> Provider:
    """Keep the secret where none was sent and the provider is the same: none is shown to be sent."""
    same = former is not None and (former.issuer, former.client_id) == (wanted.issuer, wanted.client_id)
    if wanted.client_secret or former is None or not same:
        return wanted
    return replace(wanted, client_secret=former.client_secret)


def _provider_on(page: Page) -> Provider | None:
    for (doc,) in page.select(_FIND):
        content = page.opened(TENANT_KEY, doc, provider_place())
        return None if content is None else msgspec.json.decode(content, type=Provider)
    return None
