"""What happens to a partnership, in the owner's log; what the partner learns of it stands in its own."""

from msgspec import field

from leaddesk.contract.ids import SalesPartnerId, TenantId
from leaddesk.server.domain.facts.base import Event


class SalesPartnerInvited(Event, frozen=True):
    """Somebody was asked to become a partner."""

    sales_partner_id: SalesPartnerId
    email: str
    name: str = ""
    text: str = ""
    tags: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


class SalesPartnerInvitationAccepted(Event, frozen=True):
    """A firm on this server said yes; it is ACTIVE now."""

    sales_partner_id: SalesPartnerId
    tenant_id: TenantId
    name: str


class SalesPartnerInvitationDeclined(Event, frozen=True):
    """The invited firm said no."""

    sales_partner_id: SalesPartnerId


class SalesPartnerChanged(Event, frozen=True):
    """Name, tags or attributes as they are now; absent: as before."""

    sales_partner_id: SalesPartnerId
    name: str | None = None
    tags: list[str] | None = None
    attributes: dict[str, str] | None = None


class SalesPartnerEnded(Event, frozen=True):
    """The partnership is over: open offers and grants close with it, here and, by the relay, there."""

    sales_partner_id: SalesPartnerId
    tenant_id: TenantId | None = None


class SalesPartnerDeleted(Event, frozen=True):
    """The record of a partnership that is over, or never began, was taken away."""

    sales_partner_id: SalesPartnerId


class PartnershipOver(Event, frozen=True):
    """In the partner's own log: the other firm ended the partnership, what it let be read is gone."""

    owner_id: TenantId
    sales_partner_id: SalesPartnerId


class PartnershipJoined(Event, frozen=True):
    """In the partner's own log: a member accepted another firm's invitation."""

    owner_id: TenantId
    sales_partner_id: SalesPartnerId
