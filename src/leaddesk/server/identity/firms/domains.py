"""Domains: which e-mail domains a tenant has shown to be its own, and by what it shows it.

Who may write into a domain's DNS has the domain. What is expected there is derived from the tenant and the
domain under the instance's secret, so that nothing needs to be kept of asking; an operator may vouch instead.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.keys.places import domain_place
from leaddesk.server.keys.port import TENANT_KEY

DNS, OPERATOR = "dns", "operator"
MOST = 50
"""Domains of one tenant."""
_BELOW, _SAYS = "_leaddesk", "leaddesk-domain="
_PART = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{4,253}}$){_PART}(\.{_PART})+")
_ALL = "SELECT mark, doc FROM firm_domain WHERE tenant_id = ? ORDER BY mark"
_ADD = (
    "INSERT INTO firm_domain (tenant_id, mark, doc) VALUES (?, ?, ?) ON CONFLICT (tenant_id, mark) DO NOTHING"
)


class TooManyDomains(Exception):
    """There are as many as there may be."""


@dataclass(frozen=True, slots=True)
class Record:
    """The TXT record that shows that a domain is a tenant's: its name, and its text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A domain, since when it is known to be the tenant's, and by what: ``dns`` or ``operator``."""

    domain: str
    since: str
    by: str


class Domains:
    """Says what proves a domain, and keeps which are proved."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books

    def record(self, tenant: TenantId, domain: str) -> Record:
        """Say what has to stand in the domain's DNS."""
        digest = self._books.digest("domain-proof", f"{tenant}\n{domain}")
        return Record(f"{_BELOW}.{domain}", _SAYS + base64.b32encode(digest[:20]).decode().lower())

    def of(self, tenant: TenantId) -> list[Proved]:
        """Return a tenant's proved domains."""
        return sorted(self._books.at(tenant, _proved_on), key=lambda one: one.domain)

    def prove(self, tenant: TenantId, domain: str, by: str) -> None:
        """Note a domain as proved; once is enough. Raises :class:`TooManyDomains`."""
        mark = self._books.digest("firm-domain", domain)
        content = msgspec.json.encode(Proved(domain, format_time(self._clock()), by))

        def work(page: Page) -> None:
            if len(page.select(_ALL)) >= MOST:
                raise TooManyDomains
            page.run(_ADD, mark, page.seal(TENANT_KEY, content, domain_place(mark)))

        self._books.at(tenant, work, writes=True)


def is_domain(text: str) -> bool:
    """Tell whether a text is a domain in the form it is compared in; others than ASCII as ``xn--``."""
    return _DOMAIN.fullmatch(text) is not None


def _proved_on(page: Page) -> list[Proved]:
    found = []
    for mark, doc in page.select(_ALL):
        content = page.opened(TENANT_KEY, doc, domain_place(bytes(mark)))
        if content is not None:
            found.append(msgspec.json.decode(content, type=Proved))
    return found
