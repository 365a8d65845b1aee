"""Whom or what a pseudonym of this tenant may stand for: who could act, and what one could read."""

from collections.abc import Iterable

from leaddesk.contract.ids import TenantId, member_urn
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.people import People
from leaddesk.server.queries.library import Library

PERSON, LEAD = "person", "lead"
_THINGS = {
    LEAD: "SELECT DISTINCT stream_id FROM event WHERE tenant_id = ? AND version = 1",
    "share-request": "SELECT DISTINCT subject FROM event WHERE tenant_id = ? AND kind = 'ShareRequested'",
    "sales-partner": "SELECT id FROM reference WHERE tenant_id = ? AND kind = 'sales-partner'",
    "offer": "SELECT id FROM offer WHERE tenant_id = ?",
}
"""Erased leads are among them: their ids stay (measure A9)."""


def candidates(library: Library, people: People, caller: Caller, kind: str) -> list[tuple[str, str]]:
    """Return everything of a kind that the caller's tenant knows; nothing for an unknown kind."""
    if kind == PERSON:
        return [(PERSON, urn) for urn in _persons(people, caller.tenant_id)]
    if kind not in _THINGS:
        return []
    with library.reading(caller) as unit:
        return [(kind, str(row[0])) for row in unit.select(_THINGS[kind])]


def _persons(people: People, tenant: TenantId) -> Iterable[str]:
    yield from (member_urn(person.member_id) for person in people.members(tenant))
    yield from people.api_keys.ever_of(tenant)
