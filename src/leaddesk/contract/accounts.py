"""The own account: sessions, second factor, password (measures A5, A6)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from leaddesk.contract.ids import MemberId, Urn
from leaddesk.contract.patterns import EMAIL, SAID
from leaddesk.contract.people import KnownRights, Role
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


class ResetRequest(WireRequest):
    """``POST /password-resets``: whose password. The answer is the same for everybody, known or not."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=EMAIL)] = Field(repr=False)


class RedeemRequest(WireRequest):
    """``POST /password-resets/redeem``: the ticket of the mail, and the new password."""

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(repr=False)
    password: NewPassword = Field(repr=False)


class InviteMemberRequest(WireRequest):
    """``POST /members/invitations``: who, and in which role."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=EMAIL)] = Field(repr=False)
    role: Role


class MemberInvitation(WireModel):
    """An invitation that waits for its answer."""

    invitation_id: str
    email: str
    role: Role
    invited_by: Urn
    created_at: Timestamp
    expires_at: Timestamp


class RegistrationRequest(WireRequest):
    """``POST /registrations``: the ticket of an invitation, the own name, and a password."""

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(repr=False)
    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=SAID)] = Field(repr=False)
    password: NewPassword = Field(repr=False)


class MemberAccount(WireModel):
    """``GET /members/accounts``: a member as admins see them. ``rights``: granted beyond the role."""

    member_id: MemberId
    urn: Urn
    name: str
    email: str
    role: Role
    rights: KnownRights = []
    has_password: bool
    has_second_factor: bool


class RoleRequest(WireRequest):
    """``PUT /members/{memberId}/role``. An auditor works no leads: ``leadsTo`` gets those they have."""

    role: Role
    leads_to: MemberId | None = None


class RemovalRequest(WireRequest):
    """``POST /members/{memberId}/removal``: who gets their leads, and what becomes of the API keys they made.

    Both have to be said: a key that goes may be what brings the leads of a web site, one that stays was seen.
    """

    leads_to: MemberId
    revoke_keys: Annotated[bool, Field(strict=True)]


class EmailRequest(WireRequest):
    """``POST /me/email``: the new address. The answer is the same whether or not somebody has it."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=EMAIL)] = Field(repr=False)


class EmailConfirmation(WireRequest):
    """``POST /email-changes``: the ticket of the mail to the new address."""

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(repr=False)
