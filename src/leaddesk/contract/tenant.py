"""What an admin sets for the whole tenant: the policy of its workstations, and its API keys."""

from typing import Annotated, Literal

from pydantic import Field

from leaddesk.contract.people import KnownRights, Right
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

FOR_PEOPLE_ONLY = frozenset({Right.SHARE_APPROVE, Right.OFFER_DECIDE, Right.KEY_MANAGE, Right.POLICY_MANAGE})
"""Decisions and what opens further doors stay with people (measures A10, A17)."""

_MachineRight = Annotated[Right, Field(json_schema_extra={"enum": sorted(set(Right) - FOR_PEOPLE_ONLY)})]

LeadsVisibleToReps = Literal["own-and-unassigned", "all"]


class TenantPolicyRequest(WireRequest):
    """``PUT /tenant/policy``: the whole policy. A client locks after ``idleMinutes`` without input."""

    idle_minutes: Annotated[int, Field(strict=True, ge=1, le=120)]
    masking: Annotated[bool, Field(strict=True)]
    leads_visible_to_reps: LeadsVisibleToReps


class ApiKey(WireModel):
    """A key as admins see it; the secret itself is shown once, when it is made."""

    key_id: str
    name: str
    rights: KnownRights
    created_at: Timestamp | None = None


class CreateApiKeyRequest(WireRequest):
    """``POST /api-keys``. Only rights that machines may have, and none the creator lacks."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    rights: Annotated[list[_MachineRight], Field(min_length=1)]


class CreatedApiKey(WireModel):
    """The one answer that carries a key."""

    key_id: str
    key: str
