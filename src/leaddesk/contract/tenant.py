"""What an admin sets for the whole tenant: the policy of its workstations, and its API keys."""

from typing import Annotated, Literal

from pydantic import Field

from leaddesk.contract.ids import MemberId
from leaddesk.contract.people import KnownRights, Right
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

FOR_PEOPLE_ONLY = frozenset(
    {
        Right.SHARE_APPROVE,
        Right.OFFER_DECIDE,
        Right.KEY_MANAGE,
        Right.POLICY_MANAGE,
        Right.MEMBER_MANAGE,
    }
)
"""Decisions and what opens further doors stay with people (measures A10, A17)."""

_MachineRight = Annotated[Right, Field(json_schema_extra={"enum": sorted(set(Right) - FOR_PEOPLE_ONLY)})]

LeadsVisibleToReps = Literal["own-and-unassigned", "all"]


class TenantPolicyRequest(WireRequest):
    """``PUT /tenant/policy``. What is left out of the optional ones stays as it is; the rest is always said.

    A client locks after ``idleMinutes`` without input.
    """

    idle_minutes: Annotated[int, Field(strict=True, ge=1, le=120)]
    masking: Annotated[bool, Field(strict=True)]
    mask_after_seconds: Annotated[int, Field(strict=True, ge=0, le=600)] = 10
    mask_until_asked: Annotated[bool, Field(strict=True)] = False
    reveal_offline: Annotated[bool, Field(strict=True)] = False
    copying: Annotated[bool, Field(strict=True)] = True
    previews: Annotated[bool, Field(strict=True)] = True
    leads_visible_to_reps: LeadsVisibleToReps


class SignInPolicy(WireModel):
    """How members sign in: how long a session may last, and unused; how old a sign-in sensitive acts bear.

    With ``secondFactorForAdmins`` an admin without a second factor has the rights of a rep. With ``firmOnly``
    passwords let nobody in but ``breakGlass``: admins for the day the firm's sign-in does not work.
    """

    session_hours: int = 720
    idle_hours: int = 720
    step_up_minutes: int = 10
    second_factor_for_admins: bool = False
    firm_only: bool = False
    break_glass: list[MemberId] = []


class SignInPolicyRequest(WireRequest):
    """``PUT /tenant/sign-in-policy``: the whole of it.

    ``firmOnly`` needs a company sign-in and ``breakGlass``: admins with a password and a second factor. What
    is absent of these two stays as it is.
    """

    session_hours: Annotated[int, Field(strict=True, ge=1, le=8_760)]
    idle_hours: Annotated[int, Field(strict=True, ge=1, le=8_760)]
    step_up_minutes: Annotated[int, Field(strict=True, ge=1, le=60)]
    second_factor_for_admins: Annotated[bool, Field(strict=True)]
    firm_only: Annotated[bool, Field(strict=True)] | None = None
    break_glass: Annotated[list[MemberId], Field(max_length=5)] | None = None


_EXAMPLES = ["192.0.2.0/24", "2001:db8::/32"]
NetworkText = Annotated[str, Field(min_length=2, max_length=43, json_schema_extra={"examples": _EXAMPLES})]
NetworkTexts = Annotated[list[NetworkText], Field(max_length=50)]


class Networks(WireModel):
    """Where the tenant's people may come from; empty: from anywhere. ``yours``: the address that asks."""

    networks: list[str]
    yours: str | None = None


class NetworksRequest(WireRequest):
    """``PUT /tenant/networks``: the whole list, CIDR or single addresses.

    A list that leaves the asking address out is refused unless ``lockMeOut`` says that it is meant.
    """

    networks: NetworkTexts
    lock_me_out: Annotated[bool, Field(strict=True)] = False


class ApiKey(WireModel):
    """A key as admins see it; the secret itself is shown once, when it is made.

    ``networks``: where it may come from, instead of the tenant's networks; empty: as the tenant's people.
    """

    key_id: str
    name: str
    rights: KnownRights
    created_at: Timestamp | None = None
    networks: list[str] = []


class CreateApiKeyRequest(WireRequest):
    """``POST /api-keys``. Only rights that machines may have, and none the creator lacks."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    rights: Annotated[list[_MachineRight], Field(min_length=1)]
    networks: NetworkTexts = []


class CreatedApiKey(WireModel):
    """The one answer that carries a key."""

    key_id: str
    key: str
