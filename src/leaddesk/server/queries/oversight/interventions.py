"""What operators did in this tenant, newest first (measure A11)."""

from leaddesk.contract.oversight import OperatorIntervention
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.references import STREAM
from leaddesk.server.queries.library import Library


def interventions(library: Library, caller: Caller) -> list[OperatorIntervention]:
    """Read the tenant's own stream."""
    with library.reading(caller) as unit:
        found = [one for one in unit.stream(STREAM) if isinstance(one.event, OperatorIntervened)]
    return [
        OperatorIntervention.model_validate(
            {
                "position": recorded.position,
                "at": recorded.at,
                "operator": recorded.event.operator,
                "act": recorded.event.act,
                "reason": recorded.event.reason,
                "reference": recorded.event.reference,
            }
        )
        for recorded in reversed(found)
        if isinstance(recorded.event, OperatorIntervened)
    ]
