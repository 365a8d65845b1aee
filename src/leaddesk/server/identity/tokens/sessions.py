"""Sessions: access tokens and rotating refresh tokens (contract, "sign-in"; RFC 6749, RFC 9700 4.14).

A session is a *family* of refresh tokens, each the successor of one before. The successor is derived,
HMAC(the instance's secret, token ‖ rotation id), so that any process can give it out again without its ever
being stored in plain:

* the newest token with any rotation id → its successor;
* the token before it with the *same* rotation id, while the newest token and its access tokens are
  unused → the same successor again (the answer was lost on the way);
* any other second use → a copy is about: the whole family is revoked.

The session's row is the lock: a rotation is one conditional update of it; of several at once, in whichever
processes, one goes through and the others find what it left. How long a session may last, and how long
without a rotation, is the tenant's policy; a changed one holds from the next rotation on.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.tenant import SignInPolicy
from leaddesk.contract.wire import format_time
from leaddesk.personal.masked import Secret
from leaddesk.server.database.failures import Value
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.identity.refusals import InvalidGrant, NetworkRefused
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.identity.storage.port import NOBODY
from leaddesk.server.identity.tenants import networks_on, tenant_on
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.identity.tokens.form import (
    ACCESS,
    REFRESH,
    Token,
    access_beside,
    begun,
    successor_of,
    token_of,
)
from leaddesk.server.identity.tokens.sweeping import Sweeping, end_session
from leaddesk.server.keys.places import session_place
from leaddesk.server.keys.port import member_key

ACCESS_LIFETIME = timedelta(minutes=5)
NEVER = "1970-01-01T00:00:00.000Z"

_OPEN = (
    "INSERT INTO session (tenant_id, session_id, member_id, began_at, ends_at, newest, confirmed, used_at,"
    " proved_at, doc) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"
)
_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?)"
_ISSUE = "INSERT INTO access_token (tenant_id, digest, session_id, beside, expires_at) VALUES (?, ?, ?, ?, ?)"
_LOCK = "UPDATE session SET confirmed = confirmed WHERE tenant_id = ? AND session_id = ?"
_STATE = "SELECT newest, former, rotation, confirmed FROM session WHERE tenant_id = ? AND session_id = ?"
_AGE = "SELECT began_at, COALESCE(used_at, began_at) FROM session WHERE tenant_id = ? AND session_id = ?"
_IS_NEWEST = "session_id = ? AND newest = ? AND ends_at > ?"
_TO_CONFIRM = "session_id = ? AND newest = ? AND confirmed = 0"
_ENDS = "SELECT ends_at FROM session WHERE tenant_id = ? AND session_id = ?"
_USED = (
    "SELECT s.member_id, a.expires_at, a.beside, s.newest, s.confirmed FROM access_token a JOIN session s"
    " ON s.tenant_id = a.tenant_id AND s.session_id = a.session_id"
    " WHERE a.tenant_id = ? AND a.digest = ? AND a.expires_at > ?"
)
_RUNS = "SELECT 1 FROM session WHERE tenant_id = ? AND session_id = ? AND ends_at > ?"
_MEMBER = "SELECT member_id FROM session WHERE tenant_id = ? AND session_id = ?"
_LOOKS = 3

_Whose = tuple[TenantId, MemberId]


@dataclass(frozen=True, slots=True)
class Grant:
    """One answer of the token endpoint. ``left``: until the session ends, however often it is renewed."""

    access: Secret
    refresh: Secret
    session: str
    lifetime: timedelta
    left: timedelta


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for."""

    tenant_id: TenantId
    member_id: MemberId
    session: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ages:
    """How long a session of a tenant may last at most, and how long without a rotation."""

    longest: timedelta
    idle: timedelta

    @classmethod
    def of(cls, page: Page) -> "Ages":
        """Read them."""
        try:
            policy = tenant_on(page).sign_in
        except KeyError:
            policy = SignInPolicy()
        return cls(timedelta(hours=policy.session_hours), timedelta(hours=policy.idle_hours))


class Sessions:
    """All running sessions. Any thread may use them, and any process of the instance."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books
        self._key: bytes | None = None
        self._sweeping = Sweeping(clock)

    def open(self, tenant_id: TenantId, member_id: MemberId, device: str = "") -> Grant:
        """Begin a session for a person who has just proved who they are."""
        return self._books.at(tenant_id, lambda page: self.opened(page, member_id, device), writes=True)

    def opened(self, page: Page, member_id: MemberId, device: str = "", *, proved: bool = True) -> Grant:
        """Begin a session within a transaction; ``device`` as its person calls it.

        ``proved``: they have just shown who they are; else they have to before a sensitive act.
        """
        self._sweeping.sweep(page)
        refresh, now = begun(), self._clock()
        moment, ends_at = format_time(now), format_time(now + Ages.of(page).longest)
        shown_at = moment if proved else NEVER
        doc = page.seal(member_key(member_id), device.encode(), session_place(refresh.session))
        page.run(_OPEN, refresh.session, member_id, moment, ends_at, refresh.digest, moment, shown_at, doc)
        page.run(_DOOR, refresh.mark)
        return self._grant(page, refresh)

    def rotate(self, refresh: str, rotation_id: str, source: str | None = None) -> Grant:
        """Exchange a refresh token for its successor, as the module says.

        ``source``: the address that asks; from outside of the tenant's networks nothing changes. Raises
        :class:`InvalidGrant`, :class:`NetworkRefused`.
        """
        token = token_of(refresh, REFRESH)
        if token is None:
            raise InvalidGrant
        successor, rotation = successor_of(token, rotation_id, self._secret()), digest_of(rotation_id)

        def work(page: Page) -> tuple[Grant | None, _Whose | None]:
            if page.tenant == NOBODY:
                return None, None
            if source is not None and not lets_in(networks_on(page), source):
                raise NetworkRefused
            self._sweeping.sweep(page)
            now = self._clock()
            if not self._is_young(page, token, now):
                end_session(page, token.session)
                return None, None
            moved: dict[str, Value] = {
                "newest": successor.digest,
                "former": token.digest,
                "rotation": rotation,
                "confirmed": 0,
                "used_at": format_time(now),
            }
            is_newest = page.set("session", moved, _IS_NEWEST, token.session, token.digest, format_time(now))
            if not is_newest and not _repeats(page, token, rotation):
                return None, _ended(page, token.session)
            return self._grant(page, successor), None

        grant, reused = self._books.behind(token.mark, work, writes=True)
        if grant is None:
            raise InvalidGrant(reused)
        return grant

    def use(self, access: str) -> Access | None:
        """Look an access token up and note its use; nothing when unknown, expired or revoked."""
        token = token_of(access, ACCESS)
        if token is None:
            return None
        found: Access | None = None
        for _ in range(_LOOKS):  # again where the session was rotated or ended between look and note
            found, beside = self._books.behind(token.mark, lambda page: self._looked_up(page, token))
            if found is None or beside is None or self._noted(found, beside):
                break
        return found

    def is_good(self, tenant_id: TenantId, session: str, expires_at: datetime) -> bool:
        """Tell whether an access token of that session, good until ``expires_at``, still counts."""
        now = self._clock()
        return expires_at > now and bool(
            self._books.at(tenant_id, lambda page: page.select(_RUNS, session, format_time(now)))
        )

    def revoke(self, text: str) -> tuple[TenantId, MemberId] | None:
        """End the session that a refresh or access token belongs to (RFC 7009); unknown ones are ignored.

        Gives whose it was.
        """
        token = token_of(text, ACCESS, REFRESH)
        if token is None:
            return None

        return self._books.behind(token.mark, lambda page: _ended(page, token.session), writes=True)

    def _is_young(self, page: Page, token: Token, now: datetime) -> bool:
        """Tell whether the tenant's policy lets a session go on; a shorter life is noted with it."""
        ages = Ages.of(page)
        for began_at, used_at in page.select(_AGE, token.session):
            began, used = datetime.fromisoformat(began_at), datetime.fromisoformat(used_at)
            ends = format_time(began + ages.longest)
            page.set("session", {"ends_at": ends}, "session_id = ? AND ends_at > ?", token.session, ends)
            return now < min(began + ages.longest, used + ages.idle)
        return False

    def _secret(self) -> bytes:
        if self._key is None:
            self._key = self._books.digest("refresh-successors", "")
        return self._key

    def _looked_up(self, page: Page, token: Token) -> tuple[Access | None, bytes | None]:
        """Return what the token stands for and, if its use is still to be noted, beside what it came."""
        for member_id, expires_at, beside, newest, confirmed in page.select(
            _USED, token.digest, format_time(self._clock())
        ):
            until = datetime.fromisoformat(expires_at)
            access = Access(page.tenant, MemberId(member_id), token.session, until)
            return access, beside if beside == newest and not confirmed else None
        return None, None

    def _noted(self, access: Access, beside: bytes) -> bool:
        """Note that an answer arrived: from here on its refresh token's forerunner is not good any more."""

        def work(page: Page) -> int:
            return page.set("session", {"confirmed": 1}, _TO_CONFIRM, access.session, beside)

        return bool(self._books.at(access.tenant_id, work, writes=True))

    def _grant(self, page: Page, refresh: Token) -> Grant:
        now = self._clock()
        ends_at = datetime.fromisoformat(page.select(_ENDS, refresh.session)[0][0])
        expires_at = min(now + ACCESS_LIFETIME, ends_at)
        access = access_beside(refresh)
        page.run(_ISSUE, access.digest, refresh.session, refresh.digest, format_time(expires_at))
        tokens = Secret(access.text), Secret(refresh.text)
        return Grant(*tokens, refresh.session, expires_at - now, ends_at - now)


def _ended(page: Page, session: str) -> _Whose | None:
    """End a session; gives whose it was."""
    found = page.select(_MEMBER, session)
    end_session(page, session)
    return (page.tenant, MemberId(found[0][0])) if found else None


def _repeats(page: Page, token: Token, rotation: bytes) -> bool:
    """Tell whether this is the last rotation once more, its answer unused; holds the session's row."""
    if not page.run(_LOCK, token.session):
        return False
    ((_, former, known, confirmed),) = page.select(_STATE, token.session)
    return former == token.digest and not confirmed and hmac.compare_digest(known, rotation)
