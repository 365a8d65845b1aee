"""What is told of sign-ins, for the tenant's own record: of members only, never of addresses of nobody.

Telling neither waits nor fails: whoever listens writes it down later, so that no answer takes longer because
somebody exists.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId

SIGN_IN, SECOND_STEP, SIGN_OUT = "sign-in", "sign-in.second-factor", "sign-out"
STEP_UP = "step-up"
"""Shown in a browser; what the session makes of it is an endpoint's entry."""
REUSED = "session.reused"
"""A token came twice: a copy is about, and the session has ended."""
DONE, REFUSED, NETWORK, LINK = "done", "sign-in-refused", "network-refused", "link-needed"
OTHER_PERSON = "other-person"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened to a member's sign-in; ``ways``: the steps passed, where somebody came in."""

    tenant_id: TenantId = field(repr=False)
    member_id: MemberId = field(repr=False)
    act: str
    result: str = DONE
    ways: tuple[str, ...] = ()


Tell = Callable[[Told], None]


def nobody_listens(_told: Told) -> None:
    """Let it pass."""
