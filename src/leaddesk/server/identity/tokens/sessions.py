"""Sessions: access tokens and rotating refresh tokens (contract, "sign-in"; RFC 6749, RFC 9700 4.14).

A session is a *family* of refresh tokens, each the successor of one before. The successor is derived,
HMAC(server key, token ‖ rotation id), so it can be given out again without ever being stored in plain:

* the newest token with any rotation id → its successor;
* the token before it with the *same* rotation id, while the newest token and its access tokens are
  unused → the same successor again (the answer was lost on the way);
* any other second use → a copy is about: the whole family is revoked.

Access tokens and refresh tokens are 256 random (or derived) bits, kept as SHA-256.
"""

import base64
import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.tokens.digests import digest_of

ACCESS_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Grant:
    """One answer of the token endpoint."""

    access: Secret
    refresh: Secret
    session: str
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for."""

    tenant_id: TenantId
    member_id: MemberId
    session: str
    expires_at: datetime


@dataclass(slots=True)
class _Family:
    session: str
    tenant_id: TenantId
    member_id: MemberId
    ends_at: datetime
    newest: int = 0
    rotation: bytes = b""
    confirmed: bool = True
    tokens: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _AccessToken:
    access: Access
    generation: int


class Sessions:
    """All running sessions, in memory. Used on the event loop only; every call is atomic there."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._families: dict[str, _Family] = {}
        self._refresh: dict[bytes, tuple[str, int]] = {}
        self._access: dict[bytes, _AccessToken] = {}
        self._fading: deque[bytes] = deque()

    def open(self, tenant_id: TenantId, member_id: MemberId) -> Grant:
        """Begin a session for a person who has just proved who they are."""
        self._sweep()
        ends_at = self._clock() + SESSION_LIFETIME
        family = _Family(secrets.token_hex(16), tenant_id, member_id, ends_at)
        self._families[family.session] = family
        refresh = secrets.token_urlsafe(32)
        self._enter(family, refresh)
        return self._grant(family, refresh)

    def rotate(self, refresh: str, rotation_id: str) -> Grant:
        """Exchange a refresh token for its successor, as the module says. Raises :class:`InvalidGrant`."""
        self._sweep()
        family, generation = self._find(refresh)
        rotation, successor = digest_of(rotation_id), self._successor(refresh, rotation_id)
        if generation == family.newest:
            family.newest, family.rotation, family.confirmed = generation + 1, rotation, False
            self._enter(family, successor)
        elif not self._repeats(family, generation, rotation):
            self.end(family.session)
            raise InvalidGrant
        return self._grant(family, successor)

    def use(self, access: str) -> Access | None:
        """Look an access token up and note its use; nothing when unknown, expired or revoked."""
        token = self._access.get(digest_of(access))
        if token is None or token.access.expires_at <= self._clock():
            return None
        family = self._families[token.access.session]
        if token.generation == family.newest:
            family.confirmed = True
        return token.access

    def is_good(self, session: str, expires_at: datetime) -> bool:
        """Tell whether an access token of that session, good until ``expires_at``, still counts."""
        return session in self._families and expires_at > self._clock()

    def revoke(self, token: str) -> None:
        """End the session that a refresh or access token belongs to (RFC 7009); unknown ones are ignored."""
        digest = digest_of(token)
        if digest in self._refresh:
            self.end(self._refresh[digest][0])
        elif digest in self._access:
            self.end(self._access[digest].access.session)

    def end(self, session: str) -> None:
        """End a session: none of its tokens is good from here on."""
        family = self._families.pop(session, None)
        if family is None:
            return
        for digest in family.tokens:
            del self._refresh[digest]
        for digest in [key for key, token in self._access.items() if token.access.session == session]:
            del self._access[digest]

    def _find(self, refresh: str) -> tuple[_Family, int]:
        entry = self._refresh.get(digest_of(refresh))
        if entry is None:
            raise InvalidGrant
        return self._families[entry[0]], entry[1]

    def _repeats(self, family: _Family, generation: int, rotation: bytes) -> bool:
        same = hmac.compare_digest(family.rotation, rotation)
        return same and generation == family.newest - 1 and not family.confirmed

    def _successor(self, refresh: str, rotation_id: str) -> str:
        derived = hmac.digest(self._key, f"{refresh}\n{rotation_id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()

    def _enter(self, family: _Family, refresh: str) -> None:
        digest = digest_of(refresh)
        family.tokens.append(digest)
        self._refresh[digest] = (family.session, family.newest)

    def _grant(self, family: _Family, refresh: str) -> Grant:
        now = self._clock()
        expires_at = min(now + ACCESS_LIFETIME, family.ends_at)
        access = secrets.token_urlsafe(32)
        digest = digest_of(access)
        stands_for = Access(family.tenant_id, family.member_id, family.session, expires_at)
        self._access[digest] = _AccessToken(stands_for, family.newest)
        self._fading.append(digest)
        return Grant(Secret(access), Secret(refresh), family.session, expires_at - now)

    def _sweep(self) -> None:
        """Forget what has expired; amortised constant time, because lifetimes are equal."""
        now = self._clock()
        while self._fading:
            token = self._access.get(self._fading[0])
            if token is not None and token.access.expires_at > now:
                break
            self._access.pop(self._fading.popleft(), None)
        while self._families:
            oldest = next(iter(self._families.values()))
            if oldest.ends_at > now:
                break
            self.end(oldest.session)
