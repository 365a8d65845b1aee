"""What identity says no with. No text here tells whether a person exists (measure A5)."""


class Unauthenticated(Exception):
    """The credential of a request is missing, unknown, expired or revoked."""


class SignInRefused(Exception):
    """E-mail and password do not belong together; the same for a person that does not exist."""


class Throttled(Exception):
    """Too many attempts; ``retry_after`` in whole seconds, at least one."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = max(1, retry_after)


class InvalidGrant(Exception):
    """A code or refresh token that gives nothing any more (RFC 6749, 5.2): the session is over."""
