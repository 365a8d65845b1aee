"""The states of a partnership: PENDING:INVITED → ACTIVE → ENDED, or DECLINED; and what each allows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from leaddesk.contract.ids import SalesPartnerId, TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.sales_partners import SalesPartnerStatus
from leaddesk.server.domain import events as e
from leaddesk.server.domain.refusal import Refused, stale

INVITED, ACTIVE = SalesPartnerStatus.PENDING_INVITED.value, SalesPartnerStatus.ACTIVE.value
ENDED, DECLINED = SalesPartnerStatus.ENDED.value, SalesPartnerStatus.DECLINED.value
REMOVABLE = frozenset({INVITED, ENDED, DECLINED})


class Partnership(msgspec.Struct, frozen=True, rename="camel"):
    """One sales partner as the owner holds it; ``tenant_id`` is the firm behind it, once it accepted."""

    sales_partner_id: SalesPartnerId
    name: str
    email: str
    status: str
    tags: list[str]
    attributes: dict[str, str]
    serial: int
    tenant_id: TenantId | None = None

    def __repr__(self) -> str:
        return "<Partnership>"

    @property
    def reachable(self) -> bool:
        """Tell whether leads can be handed to it."""
        return self.status == ACTIVE and self.tenant_id is not None


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """Who is invited, as it was sent."""

    email: str
    name: str
    text: str
    tags: list[str]
    attributes: dict[str, str]


def decide_invitation(
    partner_id: SalesPartnerId, wanted: Invitation, others: Collection[Partnership]
) -> e.SalesPartnerInvited:
    """Invite somebody. Raises ``Refused`` (wrong state) while an invitation or partnership of them stands."""
    standing = (other for other in others if other.status in (INVITED, ACTIVE))
    if any(other.email.casefold() == wanted.email.casefold() for other in standing):
        raise Refused(ProblemType.WRONG_STATE, field="email", expected="an address nobody was invited at")
    return e.SalesPartnerInvited(
        partner_id, wanted.email, wanted.name, wanted.text, wanted.tags, wanted.attributes
    )


def decide_acceptance(
    partner: Partnership, tenant: TenantId, firm: str, others: Collection[Partnership]
) -> e.SalesPartnerInvitationAccepted:
    """Say yes for a firm. Raises ``Refused`` (wrong state) unless it is invited and no partner already."""
    _expect(partner, {INVITED})
    if any(other.tenant_id == tenant and other.status == ACTIVE for other in others):
        raise Refused(ProblemType.WRONG_STATE, field="code", expected="an invitation to a new partner")
    return e.SalesPartnerInvitationAccepted(partner.sales_partner_id, tenant, partner.name or firm)


def decide_refusal(partner: Partnership) -> e.SalesPartnerInvitationDeclined:
    """Say no. Raises ``Refused`` (wrong state) unless it is invited."""
    _expect(partner, {INVITED})
    return e.SalesPartnerInvitationDeclined(partner.sales_partner_id)


def decide_change(
    partner: Partnership, wanted: e.SalesPartnerChanged, seen_serial: int | None
) -> e.SalesPartnerChanged | None:
    """Change what the owner says of a partner; nothing if it is so already. Raises ``Refused`` (stale)."""
    check_seen(partner, seen_serial)
    after = evolve(partner, wanted)
    same = (after.name, after.tags, after.attributes) == (partner.name, partner.tags, partner.attributes)
    return None if same else wanted


def decide_end(partner: Partnership, seen_serial: int | None) -> e.SalesPartnerEnded:
    """End an ACTIVE partnership. Raises ``Refused``: wrong state, stale."""
    check_seen(partner, seen_serial)
    _expect(partner, {ACTIVE})
    return e.SalesPartnerEnded(partner.sales_partner_id, partner.tenant_id)


def decide_deletion(partner: Partnership, seen_serial: int | None) -> e.SalesPartnerDeleted:
    """Take a record away; only when ENDED, PENDING or DECLINED. Raises ``Refused``: wrong state, stale."""
    check_seen(partner, seen_serial)
    _expect(partner, REMOVABLE)
    return e.SalesPartnerDeleted(partner.sales_partner_id)


def check_seen(partner: Partnership, seen_serial: int | None) -> None:
    """Refuse whoever saw another serial than the current one."""
    if seen_serial is not None and seen_serial != partner.serial:
        raise stale(partner.serial)


def begun(event: e.SalesPartnerInvited) -> Partnership:
    """Begin a partnership."""
    return Partnership(
        event.sales_partner_id, event.name, event.email, INVITED, event.tags, event.attributes, serial=1
    )


def evolve(partner: Partnership, event: e.Event) -> Partnership:
    """Fold one event; the serial counts every one."""
    changes = _EVOLVE[type(event)](event)
    return replace(partner, serial=partner.serial + 1, **changes)


def _changed(event: Any) -> dict[str, Any]:
    wanted = {"name": event.name, "tags": event.tags, "attributes": event.attributes}
    return {name: value for name, value in wanted.items() if value is not None}


_EVOLVE: Mapping[type[e.Event], Callable[[Any], dict[str, Any]]] = {
    e.SalesPartnerInvitationAccepted: lambda event: {
        "status": ACTIVE,
        "tenant_id": event.tenant_id,
        "name": event.name,
    },
    e.SalesPartnerInvitationDeclined: lambda _event: {"status": DECLINED},
    e.SalesPartnerChanged: _changed,
    e.SalesPartnerEnded: lambda _event: {"status": ENDED},
}


def _expect(partner: Partnership, states: Collection[str]) -> None:
    if partner.status not in states:
        raise Refused(ProblemType.WRONG_STATE, field="status", expected=" or ".join(sorted(states)))
