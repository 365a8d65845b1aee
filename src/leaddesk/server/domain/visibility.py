"""Which leads of the own tenant a caller receives (measure A10): own and unassigned, or all."""

from leaddesk.contract.ids import Urn


def may_see(sees_all: bool, who: Urn, keeper: str | None) -> bool:
    """Apply the tenant's policy to one lead; the same rule stands in SQL in ``queries.listing``."""
    return sees_all or keeper is None or keeper == who
