"""Who asks: one person or API key acting for exactly one tenant (measures A1, A7, A10)."""

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from leaddesk.contract.ids import MemberId, TenantId, Urn, is_api_key
from leaddesk.contract.people import Right, Role

_REP = frozenset({Right.LEAD_READ, Right.LEAD_WRITE, Right.LEAD_SHARE, Right.OFFER_DECIDE})

_ADMIN = frozenset(
    {
        Right.SHARE_APPROVE,
        Right.LEAD_ASSIGN,
        Right.PARTNER_MANAGE,
        Right.WEBHOOK_MANAGE,
        Right.KEY_MANAGE,
        Right.POLICY_MANAGE,
        Right.MEMBER_MANAGE,
        Right.REPORT_READ,
        Right.OVERSIGHT_READ,
        Right.OVERSIGHT_RESOLVE,
    }
)

ROLE_RIGHTS = MappingProxyType(
    {
        Role.REP: _REP,
        Role.ADMIN: _REP | _ADMIN,
        Role.AUDITOR: frozenset({Right.LEAD_READ, Right.OVERSIGHT_READ, Right.OVERSIGHT_RESOLVE}),
    }
)
"""What a role may do before individual grants; ``lead.delete`` is only ever granted (measure A9)."""

NEEDS_SECOND_FACTOR = _ADMIN
"""What an admin may not do without a second factor, where the tenant asks for one."""

VISIBLE_TO_REPS_ALL = "all"
"""Value of ``TenantPolicy.leads_visible_to_reps`` that shows reps every lead."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The outcome of authentication. ``repr`` shows nothing of the person (guarantee A8).

    ``sees_all_leads`` has role and tenant policy applied: without it, own and unassigned leads only.
    ``expires_at`` and ``session`` are absent for an API key. ``networks``: where the request may come
    from, in CIDR; empty: from anywhere (measure B6).
    """

    tenant_id: TenantId = field(repr=False)
    member_id: MemberId = field(repr=False)
    urn: Urn = field(repr=False)
    name: str = field(repr=False)
    role: Role
    rights: frozenset[Right]
    sees_all_leads: bool
    expires_at: datetime | None = None
    session: str | None = field(default=None, repr=False)
    networks: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_machine(self) -> bool:
        """Tell whether an API key asks; a person signs in and has a session that ends."""
        return is_api_key(self.urn)

    def may(self, right: Right) -> bool:
        """Tell whether this caller holds a right; denied by default."""
        return right in self.rights
