"""Setting where a tenant's people sign in: an event of the tenant's own stream, which holds no secret."""

from typing import Any

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.single_sign_on import SingleSignOnRequest
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.domain.events import Defined
from leaddesk.server.domain.refusal import Refused, invalid, not_found
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.identity.firms.domains import DNS, Domains, TooManyDomains, is_domain
from leaddesk.server.identity.firms.providers import (
    DomainTaken,
    Provider,
    Providers,
    with_former_secret,
)
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

AREA, DOMAIN = "single-sign-on", "domain"
OF_EVERYBODY = frozenset(
    {
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "outlook.de",
            "hotmail.com",
            "hotmail.de",
            "live.com",
        ),
        *(
            "live.de",
            "msn.com",
            "yahoo.com",
            "yahoo.de",
            "icloud.com",
            "me.com",
            "mac.com",
            "aol.com",
            "aol.de",
        ),
        *(
            "gmx.de",
            "gmx.net",
            "gmx.at",
            "gmx.ch",
            "web.de",
            "freenet.de",
            "t-online.de",
            "mail.de",
            "posteo.de",
        ),
        *("mailbox.org", "proton.me", "protonmail.com", "arcor.de", "1und1.de", "online.de", "vodafone.de"),
        *("bluewin.ch", "a1.net", "chello.at", "yandex.com", "mail.ru", "zoho.com", "fastmail.com"),
    }
)
"""Domains where anybody can have an address: no firm's."""


def set_provider(
    office: Office, proved: Domains, providers: Providers, order: Order, wanted: SingleSignOnRequest
) -> Receipt:
    """Set the provider. Raises ``Refused``: a domain that is not proved, or another tenant's."""
    caller, domains = order.caller, tuple(dict.fromkeys(wanted.domains))
    own = {one.domain for one in proved.of(caller.tenant_id)}
    provider = Provider(wanted.issuer, wanted.client_id, wanted.client_secret or "", domains)

    def changed(former: Provider | None) -> Provider:
        allowed = {*own, *(former.domains if former else ())} - OF_EVERYBODY
        if not set(domains) <= allowed:
            raise invalid("domains", "domains that are proved to be your firm's alone (POST /tenant/domains)")
        return with_former_secret(provider, former)

    def work(unit: Unit) -> Receipt:
        try:
            providers.change(caller.tenant_id, changed)
        except DomainTaken:
            raise invalid("domains", "domains that no other firm signs in with") from None
        doc = {"issuer": provider.issuer, "clientId": provider.client_id, "domains": list(domains)}
        _define(office, unit, order, doc)
        return Receipt(200, ())

    return perform(office, order, work)


def checked_domain(domain: str) -> str:
    """Let a domain pass that can be a firm's. Raises ``Refused`` (invalid input)."""
    if not is_domain(domain) or domain in OF_EVERYBODY:
        raise invalid("domain", "a domain such as example.com, your firm's alone")
    return domain


def note_domain(office: Office, domains: Domains, order: Order, domain: str) -> Receipt:
    """Note a domain as proved by its DNS. Raises ``Refused`` (as many as there may be)."""

    def work(unit: Unit) -> Receipt:
        try:
            domains.prove(order.caller.tenant_id, domain, DNS)
        except TooManyDomains:
            raise Refused(ProblemType.LIMIT_REACHED) from None
        stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
        references.define(unit, Defined(DOMAIN, domain, {"provedAt": office.now(), "by": DNS}), stamp)
        return Receipt(200, ())

    return perform(office, order, work)


def remove_provider(office: Office, providers: Providers, order: Order) -> Receipt:
    """Take the provider away; who has no password cannot sign in any more. Raises ``Refused`` (not found)."""

    def gone(former: Provider | None) -> None:
        if former is None:
            raise not_found()

    def work(unit: Unit) -> Receipt:
        providers.change(order.caller.tenant_id, gone)
        _define(office, unit, order, {"removedAt": office.now()})
        return Receipt(204, ())

    return perform(office, order, work)


def _define(office: Office, unit: Unit, order: Order, doc: dict[str, Any]) -> None:
    stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
    references.define(unit, Defined(AREA, AREA, doc), stamp)
