"""Who is signed in, for which tenant, with which rights (measures A5, A7, A10)."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from leaddesk.contract.ids import MemberId, TenantId, Urn, is_api_key
from leaddesk.contract.wire import WireModel


class Role(StrEnum):
    """A member's role in one tenant."""

    REP = "rep"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a member may do; denied by default."""

    LEAD_READ = "lead.read"
    LEAD_WRITE = "lead.write"
    LEAD_DELETE = "lead.delete"
    LEAD_SHARE = "lead.share"
    LEAD_ASSIGN = "lead.assign"
    SHARE_APPROVE = "share.approve"
    OFFER_DECIDE = "offer.decide"
    PARTNER_MANAGE = "partner.manage"
    WEBHOOK_MANAGE = "webhook.manage"
    KEY_MANAGE = "key.manage"
    POLICY_MANAGE = "policy.manage"
    MEMBER_MANAGE = "member.manage"
    REPORT_READ = "report.read"
    OVERSIGHT_READ = "oversight.read"
    OVERSIGHT_RESOLVE = "oversight.resolve"


def _known(rights: Any) -> Any:
    """Leave out what a newer server calls a right; an unknown right is one nobody here has."""
    return [right for right in rights if right in set(Right)] if isinstance(rights, list) else rights


KnownRights = Annotated[list[Right], BeforeValidator(_known)]


class Person(WireModel):
    """The person of ``GET /me``."""

    member_id: MemberId
    urn: Urn
    name: str
    email: str


class TenantInfo(WireModel):
    """The one tenant the token acts for."""

    tenant_id: TenantId
    urn: Urn
    name: str


class TenantPolicy(WireModel):
    """What the tenant asks of every workstation (measure A4).

    A client locks after ``idleMinutes`` without input. With ``masking`` it masks personal fields after
    ``maskAfterSeconds`` without focus, with ``maskUntilAsked`` too until somebody asks for one;
    ``revealOffline``: also while the platform cannot be told of it. ``copying``: personal fields may be
    copied; ``previews``: attachments may be looked at.
    """

    idle_minutes: int = 10
    masking: bool = True
    mask_after_seconds: int = 10
    mask_until_asked: bool = False
    reveal_offline: bool = False
    copying: bool = True
    previews: bool = True
    leads_visible_to_reps: str = "own-and-unassigned"


class Me(WireModel):
    """``GET /me``. ``secondFactorMissing``: the tenant asks admins for one; until then rights are fewer."""

    person: Person
    tenant: TenantInfo
    role: Role
    rights: KnownRights
    policy: TenantPolicy
    second_factor_missing: bool | None = None

    @property
    def by_key(self) -> bool:
        """Whether a key was shown, and nobody is known by name."""
        return is_api_key(self.person.urn)


class Member(WireModel):
    """``GET /members``: names beside responsibles, nothing else of a person; partners by firm."""

    urn: Urn
    name: str
    kind: str = "member"
