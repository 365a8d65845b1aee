"""Authorization codes with PKCE S256 (RFC 6749, 4.1; RFC 7636): one use, sixty seconds."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.tokens.digests import digest_of

CODE_LIFETIME = timedelta(seconds=60)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(slots=True)
class Code:
    """What a code stands for; whoever redeems it enters the ``session`` it opened."""

    tenant_id: TenantId
    member_id: MemberId
    challenge: str
    expires_at: datetime
    used: bool = False
    session: str | None = None


class ReusedCode(InvalidGrant):
    """A code came a second time; ``session`` names what the first use opened (RFC 6749, 4.1.2)."""

    def __init__(self, session: str | None) -> None:
        super().__init__()
        self.session = session


class Codes:
    """Issues and redeems codes; kept as SHA-256, forgotten when expired."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._codes: dict[bytes, Code] = {}

    def issue(self, tenant_id: TenantId, member_id: MemberId, challenge: str) -> Secret:
        """Make a code bound to an S256 challenge (see :func:`is_challenge`)."""
        now = self._clock()
        self._codes = {key: code for key, code in self._codes.items() if code.expires_at > now}
        code = secrets.token_urlsafe(32)
        self._codes[digest_of(code)] = Code(tenant_id, member_id, challenge, now + CODE_LIFETIME)
        return Secret(code)

    def redeem(self, code: str, verifier: str) -> Code:
        """Use a code up; a wrong verifier uses it up as well.

        Raises :class:`InvalidGrant`, :class:`ReusedCode`.
        """
        entry = self._codes.get(digest_of(code))
        if entry is None or entry.expires_at <= self._clock():
            raise InvalidGrant
        if entry.used:
            raise ReusedCode(entry.session)
        entry.used = True
        if not hmac.compare_digest(challenge_of(verifier).encode(), entry.challenge.encode()):
            raise InvalidGrant
        return entry


def is_challenge(text: str) -> bool:
    """Tell whether a text has the form of an S256 challenge: 43 characters base64url."""
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Tell whether a text has the form of RFC 7636, 4.1."""
    return _VERIFIER.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """Compute S256: base64url(SHA-256(verifier)) without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
