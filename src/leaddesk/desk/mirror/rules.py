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
        self._chosen: int | None = None

    @property
    def chosen_minutes(self) -> int | None:
        """Minutes a person chose for this window's lifetime; nothing is kept of it."""
        return self._chosen

    @property
    def idle_minutes(self) -> int:
        """After how many minutes without a touch to lock: the policy's, or fewer that a person chose."""
        allowed = self.policy.value.idle_minutes
        return allowed if self._chosen is None else min(allowed, self._chosen)

    def choose_minutes(self, minutes: int | None) -> None:
        """Lock sooner than the policy asks; more than it allows changes nothing. None: as it says."""
        self._chosen = minutes

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
