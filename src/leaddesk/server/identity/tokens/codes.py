"""Authorization codes with PKCE S256 (RFC 6749, 4.1; RFC 7636): one use, sixty seconds; kept as SHA-256."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.contract.wire import format_time
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.identity.tokens.digests import digest_of

CODE_LIFETIME = timedelta(seconds=60)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")

_ISSUE = (
    "INSERT INTO sign_in_code (tenant_id, digest, member_id, challenge, expires_at, used, bound, unproved)"
    " VALUES (?, ?, ?, ?, ?, 0, ?, ?)"
)
_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?)"
_FIND = (
    "SELECT member_id, challenge, session_id, bound, unproved FROM sign_in_code"
    " WHERE tenant_id = ? AND digest = ? AND expires_at > ?"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a code is good for, beside its challenge: one client, answered at one address.

    ``redirect`` is absent where the client asked for itself (the form in the app). ``session``: the one a
    code confirms; it is good for that and opens none.
    """

    client_id: str = CLIENT_ID
    redirect: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> bytes:
        """What is kept of it."""
        known = f"{self.client_id}\n{self.redirect or ''}"
        return digest_of(known if self.session is None else f"{known}\n{self.session}")


@dataclass(frozen=True, slots=True)
class Use:
    """What came of a code: whom to let in, or which session to end because the code came a second time.

    ``proved``: they have shown just now who they are.
    """

    admitted: MemberId | None = None
    proved: bool = False
    opened_before: str | None = None


BY_ITSELF = Bound()
"""The client asked without a browser."""


class Codes:
    """Issues codes and uses them up."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books

    def issue(
        self,
        tenant_id: TenantId,
        member_id: MemberId,
        challenge: str,
        bound: Bound = BY_ITSELF,
        *,
        proved: bool = True,
    ) -> Secret:
        """Make a code bound to an S256 challenge (see :func:`is_challenge`), a client and an address."""
        code, until = secrets.token_urlsafe(32), format_time(self._clock() + CODE_LIFETIME)

        def work(page: Page) -> None:
            page.run(_ISSUE, digest_of(code), member_id, challenge, until, bound.digest, int(not proved))
            page.run(_DOOR, digest_of(code))

        self._books.at(tenant_id, work, writes=True)
        return Secret(code)

    def use_up(self, page: Page, code: str, verifier: str, bound: Bound = BY_ITSELF) -> Use:
        """Use a code up, also for a wrong verifier or another client. Of several at once one is first."""
        now, digest = format_time(self._clock()), digest_of(code)
        is_first = page.set(
            "sign_in_code", {"used": 1}, "digest = ? AND used = 0 AND expires_at > ?", digest, now
        )
        found = page.select(_FIND, digest, now)
        if not found:
            return Use()
        ((member_id, challenge, session, meant, unproved),) = found
        if not is_first:
            return Use(opened_before=session)
        is_bound = hmac.compare_digest(bytes(meant or b""), bound.digest)
        if not hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode()) or not is_bound:
            return Use()
        return Use(admitted=MemberId(member_id), proved=not unproved)

    def note(self, page: Page, code: str, session: str) -> None:
        """Note what a code has opened (RFC 6749, 4.1.2)."""
        page.set("sign_in_code", {"session_id": session}, "digest = ?", digest_of(code))


def is_challenge(text: str) -> bool:
    """Tell whether a text has the form of an S256 challenge: 43 characters base64url."""
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Tell whether a text has the form of RFC 7636, 4.1."""
    return _VERIFIER.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """Compute S256: base64url(SHA-256(verifier)) without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
