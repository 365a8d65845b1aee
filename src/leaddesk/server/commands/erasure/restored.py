"""After the data was restored to an earlier moment: what was erased since is erased again (guarantee S7).

Its keys are gone, so nothing of it can be read; but its rows are back, and would be listed and counted. The
data remembers up to which destruction of a key it knows of; what was destroyed later and is still there can
only have come back. While nothing was restored nothing is found: rows go with the destruction's note.
"""

from collections import defaultdict
from collections.abc import Sequence

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.commands.delivery.fact import is_erased
from leaddesk.server.commands.erasure.tenants import erase_unasked
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.partners.partnerships import end_with
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import LeadDeleted, SalesPartnerDeleted
from leaddesk.server.domain.partners.partnership import ACTIVE
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import People
from leaddesk.server.keys.port import INSTANCE, TENANT_KEY, hook_key, lead_key, partner_key
from leaddesk.server.projections.erasure import erase_own
from leaddesk.server.projections.partners.records import all_partners, record, remove

RESTORE_URN = Urn("urn:lt:system:clock:restore")
"""The originator of what a restore had brought back."""
REASON = "restored"
TOGETHER = 100
"""Leads erased by one transaction."""

BOOKS = Scope(INSTANCE)
"""Where the data remembers what it knows of; no tenant's."""
_KNOWN = "SELECT generation FROM known_destruction WHERE tenant_id = ?"
_KNOW = (
    "INSERT INTO known_destruction (tenant_id, generation) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET generation = excluded.generation"
)
_BACK = (
    "SELECT l.id, l.keeper FROM lead l WHERE l.tenant_id = ? AND l.owner_id = l.tenant_id AND l.id IN ({})"
    " AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.tenant_id = l.tenant_id AND e.lead_id = l.id)"
)
_GIVEN = "SELECT sales_partner_id FROM disclosed WHERE tenant_id = ? AND lead_id = ?"
_HOOK_TABLES = ("webhook", "webhook_state", "webhook_dead")
_HOOK_ID = {"webhook": "id"}


def erase_again(office: Office, people: People) -> int:
    """Erase what came back although its key was destroyed; returns how many things that were.

    At start before anything is answered, and now and then. Two at once do no harm; what a crash has left is
    done the next time. Raises ``StorageUnavailable``.
    """
    books = office.log.for_tenant(BOOKS)
    with books.reading() as unit:
        known = unit.select(_KNOWN)
    seen = int(known[0][0]) if known else 0
    generation, destroyed = office.log.keys.destroyed_since(seen)
    if generation == seen:
        return 0
    of_tenant: dict[TenantId, list[str]] = defaultdict(list)
    for tenant, key_id in destroyed:
        of_tenant[tenant].append(key_id)
    tenants = {scope.tenant for scope in office.log.scopes()} & of_tenant.keys()
    count = sum(_erased(office, people, Scope(tenant), of_tenant[tenant]) for tenant in sorted(tenants))
    with books.keeping() as unit:
        unit.run(_KNOW, generation)
    return count


def _erased(office: Office, people: People, scope: Scope, destroyed: Sequence[str]) -> int:
    """Erase what came back in one tenant. An empty key id stands for all of it."""
    if "" in destroyed:
        with office.log.for_tenant(scope).reading() as unit:
            over = is_erased(unit)
        return 0 if over else erase_unasked(office, people, scope, (RESTORE_URN, REASON))
    count = 0
    leads = [key_id.removeprefix(lead_key("")) for key_id in destroyed if key_id.startswith(lead_key(""))]
    for first in range(0, len(leads), TOGETHER):
        count += _erase_leads(office, scope, leads[first : first + TOGETHER])
    count += _remove_the_rest(office, scope, set(destroyed))
    if count:
        settle(office, scope)
    return count


def _erase_leads(office: Office, scope: Scope, lead_ids: Sequence[str]) -> int:
    back = _BACK.format(", ".join("?" * len(lead_ids)))
    log = office.log.for_tenant(scope)
    with log.reading() as unit:
        if not unit.select(back, *lead_ids):
            return 0
    with log.writing() as unit:
        found = unit.select(back, *lead_ids)
        firms = {one.sales_partner_id: one.tenant_id for one in all_partners(unit) if one.tenant_id}
        for lead_id, keeper in found:
            given = {firms[one] for (one,) in unit.select(_GIVEN, lead_id) if one in firms}
            erase_own(unit, lead_id)
            stamp = Stamp(office.now(), RESTORE_URN, TENANT_KEY, keeper and Urn(keeper))
            unit.append(lead_id, unit.version_of(lead_id), [LeadDeleted(sorted(given), REASON)], stamp)
    return len(found)


def _remove_the_rest(office: Office, scope: Scope, destroyed: set[str]) -> int:
    """Take away webhooks and records of partners whose keys are gone."""
    log = office.log.for_tenant(scope)
    with log.reading() as unit:
        hooks, partners = _hooks(unit, destroyed), _partners(unit, destroyed)
    if not hooks and not partners:
        return 0
    with log.writing() as unit:
        for hook_id in hooks:
            for table in _HOOK_TABLES:
                column = _HOOK_ID.get(table, "hook_id")
                unit.run(f"DELETE FROM {table} WHERE tenant_id = ? AND {column} = ?", hook_id)  # noqa: S608
        for partner in all_partners(unit):
            if partner.sales_partner_id in partners:
                if partner.status == ACTIVE:
                    end_with(unit, partner, office.now(), RESTORE_URN)
                over = SalesPartnerDeleted(partner.sales_partner_id)
                record(unit, partner.sales_partner_id, over, office.now(), RESTORE_URN)
                remove(unit, partner)
    return len(hooks) + len(partners)


def _hooks(unit: Unit, destroyed: set[str]) -> list[str]:
    listed = unit.select("SELECT id FROM webhook WHERE tenant_id = ?")
    return [hook_id for (hook_id,) in listed if hook_key(hook_id) in destroyed]


def _partners(unit: Unit, destroyed: set[str]) -> set[str]:
    if not any(key_id.startswith(partner_key("")) for key_id in destroyed):
        return set()
    listed = all_partners(unit)
    return {one.sales_partner_id for one in listed if partner_key(one.sales_partner_id) in destroyed}
