"""What a tenant sets up for itself."""

from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.domain.facts.base import Event

POLICY = "policy"
"""Area and id of the tenant's policy."""


class Defined(Event, frozen=True):
    """In the tenant's own stream: a form, pipeline, market or partnership was set; ``doc`` is the whole.

    Push tells of the policy alone: every workstation obeys it at once (measure A4).
    """

    area: str
    id: str
    doc: dict[str, Any]

    @property
    def subject(self) -> str | None:
        """Name the policy; what else is set up has no name in push."""
        return POLICY if self.area == self.id == POLICY else None


class TenantDeleted(Event, frozen=True):
    """The tenant was erased, on instruction (measure A15). Who it had as partners learns that it is gone."""

    reason: str
    reference: str
    recipients: list[TenantId]


class OperatorIntervened(Event, frozen=True):
    """In the tenant's own stream: the platform's staff did something, on instruction (measure A11).

    ``act``: what was done, as a code; ``reference``: the instruction, such as a ticket.
    """

    operator: str
    act: str
    reason: str
    reference: str
