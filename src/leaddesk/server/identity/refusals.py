"""What identity says no with. No text here tells whether a person exists (measure A5)."""

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Secret


class Unauthenticated(Exception):
    """The credential of a request is missing, unknown, expired or revoked."""


class SignInRefused(Exception):
    """E-mail and password do not belong together; the same for a person that does not exist."""


class SecondFactorNeeded(Exception):
    """The password was right; ``ticket`` is good for the next step, the code of a second factor."""

    def __init__(self, ticket: Secret) -> None:
        super().__init__()
        self.ticket = ticket


class TicketOver(Exception):
    """What lets somebody take a step is unknown, was used, or its time is over: begin again."""


class NetworkRefused(Exception):
    """Who asks is known, but not where they ask from: the tenant, or the key, names other networks (B6)."""


class StepUpNeeded(Exception):
    """A sensitive act needs somebody who has shown within ``max_age`` seconds who they are (RFC 9470)."""

    def __init__(self, max_age: int = 0) -> None:
        super().__init__()
        self.max_age = max_age


class Throttled(Exception):
    """Too many attempts; ``retry_after`` in whole seconds, at least one."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = max(1, retry_after)


class InvalidGrant(Exception):
    """A code or refresh token that gives nothing any more (RFC 6749, 5.2): the session is over.

    ``reused``: whose session has just been ended because a token of it came twice.
    """

    def __init__(self, reused: tuple[TenantId, MemberId] | None = None) -> None:
        super().__init__()
        self.reused = reused
