"""The tenant's policy as it stands: known from the sign-in on, read anew when push tells of a change."""

from __future__ import annotations

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused
from leaddesk.api.tenant import read_policy
from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.watched import Watched

_LONGEST_MINUTES, _LONGEST_SECONDS = 120, 600


class Rules:
    """What this workstation has to obey (measure A4). ``policy`` stays known while locked.

    Invariant: minutes and seconds are within what the contract allows, whatever a server says: none can
    keep a workstation from locking (guarantee D1).
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self.policy: Watched[TenantPolicy] = Watched(TenantPolicy())

    @property
    def veils(self) -> bool:
        """Whether contact details are masked until somebody asks for a lead's."""
        policy = self.policy.value
        return policy.masking and policy.mask_until_asked

    def take(self, policy: TenantPolicy) -> None:
        """Obey a policy from now on."""
        within = {
            "idle_minutes": min(max(policy.idle_minutes, 1), _LONGEST_MINUTES),
            "mask_after_seconds": min(max(policy.mask_after_seconds, 0), _LONGEST_SECONDS),
        }
        self.policy.set(policy.model_copy(update=within))

    async def read_anew(self) -> None:
        """Ask the server; one that knows no policies changes nothing. Raises ``ApiError``."""
        try:
            self.take(await read_policy(self._client))
        except Refused as refused:
            if refused.status not in (403, 404):
                raise
