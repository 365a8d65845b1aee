"""Which other leads have the same e-mail address or phone number, as far as the caller may see them."""

from leaddesk.contract.leads import Duplicate
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.contacts import catch_up, same_contacts
from leaddesk.server.projections.leads import full_row
from leaddesk.server.queries.library import Library, visible_lead

LISTED = 100
"""More than that is no duplicate but somebody's own test address."""


def draw_contacts(library: Library, caller: Caller) -> bool:
    """Draw a slice of the index; tells whether there may be more."""
    return catch_up(library.log.for_tenant(Scope(caller.tenant_id)))


def duplicates(library: Library, caller: Caller, lead_id: str) -> list[Duplicate]:
    """Return them, newest first; draw the index first. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        row = full_row(unit, visible_lead(unit, caller, lead_id))
        found = same_contacts(unit, row, LISTED)
    seen = [one for one in found if may_see(caller.sees_all_leads, caller.urn, one[2])]
    matches: dict[tuple[str, str], list[str]] = {}
    for kind, other, _, created_at in seen:
        matches.setdefault((created_at, other), []).append(kind)
    newest = sorted(matches.items(), reverse=True)[:LISTED]
    return [
        Duplicate.model_validate({"lead_id": other, "matches": sorted(set(kinds)), "created_at": created_at})
        for (created_at, other), kinds in newest
    ]
