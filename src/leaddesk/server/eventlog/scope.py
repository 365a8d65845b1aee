"""For which tenant something happens; the only thing that opens a log (measure A1)."""

from dataclasses import dataclass

from leaddesk.contract.ids import TenantId


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant. Made from an authenticated caller, or by the relay from an event's recipient."""

    tenant: TenantId
