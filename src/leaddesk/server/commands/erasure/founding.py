"""A tenant that is being founded: the note that lets a half one go again, should the process end in between.

The log's first event is an intervention, on record before it is done (measure A11); tenant and admin follow
in identity's own transactions. The note is written with the event and taken away at the end; whoever finds it
later looks whether the admin is there.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import People

WHOLE_TENANT = ""
"""Stands in the table of notes where else a lead's id does."""
PATIENCE = timedelta(minutes=10)
"""How long a founding may take before it counts as given up: hashing a password takes less than a second."""
NOTE = "INSERT INTO erasure (tenant_id, lead_id, at, actor, keeper, doc) VALUES (?, ?, ?, ?, NULL, ?)"
_DONE = "DELETE FROM erasure WHERE tenant_id = ? AND lead_id = ?"


def note_founding(unit: Unit, asked: OperatorIntervened, stamp: Stamp) -> None:
    """Note that a tenant begins; in the transaction of its first event."""
    doc = {"reason": asked.reason, "reference": asked.reference, "recipients": [], "founding": stamp.at}
    unit.run(NOTE, WHOLE_TENANT, stamp.at, stamp.actor, json.dumps(doc))


def note_founded(office: Office, tenant: TenantId) -> None:
    """Take the note away: the tenant has its admin."""
    with office.log.for_tenant(Scope(tenant)).keeping() as unit:
        unit.run(_DONE, WHOLE_TENANT)


def waits(office: Office, people: People, scope: Scope, noted: dict[str, Any]) -> bool:
    """Tell whether a note asks for nothing yet, or for nothing any more: then it is taken away."""
    if "founding" not in noted or noted.get("removed"):
        return False
    if people.members(scope.tenant):
        note_founded(office, scope.tenant)
        return True
    return office.clock() - datetime.fromisoformat(noted["founding"]) < PATIENCE
