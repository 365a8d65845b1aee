"""Sales partners: tenants that accepted an invitation."""

from enum import StrEnum

from leaddesk.contract.ids import SalesPartnerId
from leaddesk.contract.wire import WireModel


class SalesPartnerStatus(StrEnum):
    """Verbatim states of the core."""

    PENDING_INVITED = "PENDING:INVITED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    DECLINED = "DECLINED"


class SalesPartner(WireModel):
    """``GET /sales-partners``."""

    sales_partner_id: SalesPartnerId
    name: str
    email: str
    status: SalesPartnerStatus
    tags: list[str] = []
    attributes: dict[str, str] = {}
    serial: int
