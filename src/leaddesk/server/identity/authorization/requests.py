"""Authorization requests under way (RFC 6749, 4.1.1): what the client asked for, not in the browser's hands.

The browser holds two things: a handle in its address and forms, and a secret in a cookie. One without the
other opens nothing, so neither a forged form nor an address that was passed on does (RFC 6749, 10.12). A
handle is good for ten minutes and one sign-in. What is kept belongs to no tenant yet and is sealed under the
instance's key.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.identity.authorization.steps import Arrival
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.port import Rows
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.keys.places import authorization_place

LIFETIME = timedelta(minutes=10)
REMEMBERED, PRUNED_EVERY = 20_000, 500
"""How many there may be, the oldest go first; nobody needs to have signed in to begin one."""

_ADD = "INSERT INTO authorization_request (mark, binding, expires_at, doc) VALUES (?, ?, ?, ?)"
_FIND = "SELECT binding, doc FROM authorization_request WHERE mark = ? AND expires_at > ?"
_CHANGE = "UPDATE authorization_request SET doc = ? WHERE mark = ? AND expires_at > ?"
_END = "DELETE FROM authorization_request WHERE mark = ?"
_FADE = "DELETE FROM authorization_request WHERE expires_at <= ?"
_CUT = (
    "DELETE FROM authorization_request WHERE expires_at <="
    " (SELECT expires_at FROM authorization_request ORDER BY expires_at DESC LIMIT 1 OFFSET ?)"
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose sign-in shall confirm which session (step-up); ``name``: what the browser brings for it."""

    tenant_id: TenantId = field(repr=False)
    member_id: MemberId = field(repr=False)
    session: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the client asked for, checked.

    ``again``: the firm's provider is asked not to know anybody from before (``prompt=login``). ``fresh``: and
    it has to say that somebody signed in just now (``max_age``).
    ``sought``: it is no sign-in but a step-up, of these and nobody else.
    """

    client_id: str
    redirect: str = field(repr=False)
    challenge: str = field(repr=False)
    state: str | None = field(default=None, repr=False)
    language: str | None = None
    again: bool = False
    fresh: bool = False
    sought: Sought | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether somebody has to sign in there and then, at their firm too."""
        return self.fresh or self.sought is not None

    @property
    def beside(self) -> dict[str, str]:
        """What a firm's provider is told of it (OpenID Connect Core, 3.1.2.1)."""
        told = {"prompt": "login"} if self.again or self.is_fresh else {}
        return told | ({"max_age": "0"} if self.is_fresh else {})


@dataclass(frozen=True, slots=True)
class Link:
    """A provider's id of somebody, and whose account it would open once its owner has agreed."""

    tenant_id: TenantId
    member_id: MemberId
    mark: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """One sign-in under way.

    ``arrival``: who has passed the first step. ``beside``: what a way out of the page has to remember until
    it comes back (single sign-on). ``link``: what whoever signs in with the password agrees to.
    """

    asked: Asked
    arrival: Arrival | None = None
    beside: dict[str, str] = field(default_factory=dict, repr=False)
    link: Link | None = None


class Requests:
    """All requests under way. Any thread may use them, and any process of the instance."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books
        self._begun = 0

    def begin(self, visit: Visit, browser: str, handle: str | None = None) -> str:
        """Keep a request of a browser, known by its secret; returns its handle."""
        handle = handle or secrets.token_urlsafe(32)
        doc, until = self._sealed(handle, visit), format_time(self._clock() + LIFETIME)
        self._books.apart(lambda rows: rows.run(_ADD, (digest_of(handle), digest_of(browser), until, doc)))
        self._begun += 1
        if self._begun % PRUNED_EVERY == 0:
            self._books.apart(self._prune)
        return handle

    def find(self, handle: str, browser: str) -> Visit | None:
        """Return a request; nothing for another browser, or when it is over."""
        rows = self._books.apart(lambda rows: rows.select(_FIND, (digest_of(handle), self._now())))
        for binding, doc in rows:
            if hmac.compare_digest(bytes(binding), digest_of(browser)):
                return self._opened(handle, doc)
        return None

    def change(self, handle: str, visit: Visit) -> bool:
        """Note how far a sign-in has come; tells whether it is still under way."""
        doc = self._sealed(handle, visit)
        return bool(self._books.apart(lambda rows: rows.run(_CHANGE, (doc, digest_of(handle), self._now()))))

    def end(self, handle: str) -> bool:
        """End a request; of several at once one is told that it ended it."""
        return bool(self._books.apart(lambda rows: rows.run(_END, (digest_of(handle),))))

    def _sealed(self, handle: str, visit: Visit) -> bytes:
        return self._books.sealed(msgspec.json.encode(visit), authorization_place(digest_of(handle)))

    def _opened(self, handle: str, doc: bytes) -> Visit | None:
        content = self._books.opened(doc, authorization_place(digest_of(handle)))
        return None if content is None else msgspec.json.decode(content, type=Visit)

    def _now(self) -> str:
        return format_time(self._clock())

    def _prune(self, rows: Rows) -> None:
        rows.run(_FADE, (self._now(),))
        rows.run(_CUT, (REMEMBERED,))
