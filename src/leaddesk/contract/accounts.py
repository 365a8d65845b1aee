"""The own account: sessions, second factor, password (measures A5, A6)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=1_024)]


class Session(WireModel):
    """One sign-in that counts. ``device``: as its client called it; ``usedAt``: to about five minutes."""

    session_id: str
    device: str
    began_at: Timestamp
    used_at: Timestamp
    ends_at: Timestamp
    is_current: bool


class SecondFactor(WireModel):
    """How one stands: since when there is a second factor, and how many recovery codes are left."""

    is_enrolled: bool
    is_required: bool
    recovery_codes_left: int
    since: Timestamp | None = None


class SecondFactorSecret(WireModel):
    """What an authenticator app is given, as text to type and as the address a QR code holds. Shown once."""

    secret: str = Field(repr=False)
    uri: str = Field(repr=False)


class CodeRequest(WireRequest):
    """``POST /me/second-factor/confirm``: the first code the app shows."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(repr=False)


class RecoveryCodes(WireModel):
    """Each good for one sign-in without the app. Shown once."""

    codes: list[str] = Field(repr=False)


class PasswordRequest(WireRequest):
    """``PUT /me/password``: the present password and the new one; all other sessions end."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=1_024)] = Field(repr=False)
    new_password: NewPassword = Field(repr=False)
