"""What operators do in a tenant: only on instruction, and always in the tenant's own stream (measure A11)."""

import re
from collections.abc import Callable

from leaddesk.contract.ids import Urn
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections.references import STREAM

SHORTEST_REASON = 10
_OPERATORS = "urn:lt:operators:operator:"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


Beside = Callable[[Unit, OperatorIntervened, Stamp], None]
"""Written in the transaction of an intervention."""


class WithoutInstruction(ValueError):
    """An intervention needs a named operator, a reason and a reference; the text says what is missing."""


def intervene(office: Office, scope: Scope, event: OperatorIntervened, beside: Beside | None = None) -> None:
    """Record an intervention, before it is done, with what has to stand ``beside`` it.

    Raises :class:`WithoutInstruction`.
    """
    stamp = Stamp(office.now(), instructed(event), TENANT_KEY)
    with office.log.for_tenant(scope).writing() as unit:
        unit.append(STREAM, unit.version_of(STREAM), [event], stamp)
        if beside is not None:
            beside(unit, event, stamp)


def instructed(event: OperatorIntervened) -> Urn:
    """Name the operator as an originator. Raises :class:`WithoutInstruction`."""
    if _NAME.fullmatch(event.operator) is None:
        raise WithoutInstruction("the operator needs a name of 2 to 64 letters, digits, . _ or -")
    if len(event.reason.strip()) < SHORTEST_REASON:
        raise WithoutInstruction(f"the reason needs at least {SHORTEST_REASON} characters")
    if not event.reference.strip():
        raise WithoutInstruction("the reference to the instruction is missing, such as a ticket's number")
    return Urn(_OPERATORS + event.operator)
