"""Where a session stands."""

from enum import StrEnum


class SessionState(StrEnum):
    """STARTING: it is not known yet whether a token waits in the keyring, or the server could not be asked.

    ENDED: the server ended the session; sign-in starts anew and says so.
    """

    STARTING = "starting"
    SIGNED_OUT = "signed-out"
    SIGNED_IN = "signed-in"
    LOCKED = "locked"
    ENDED = "ended"
