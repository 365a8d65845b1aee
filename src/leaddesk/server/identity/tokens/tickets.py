"""Tickets: what lets somebody take one next step – a second factor, an invitation,
a new password, an e-mail, a step-up in a browser.

256 random bits, kept as SHA-256 together with their kind: a ticket is good for one step only, once, until its
time is over. What it carries is sealed under the tenant's key.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from leaddesk.contract.wire import format_time
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.keys.places import ticket_place
from leaddesk.server.keys.port import TENANT_KEY

TRIES = 5
"""Wrong codes or passwords after which a ticket is over."""

_ADD = (
    "INSERT INTO ticket (tenant_id, digest, kind, subject, made_at, expires_at, tries, doc)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?)"
)
_OPEN_DOOR = "INSERT INTO door (tenant_id, mark) VALUES (?, ?)"
_CLOSE_DOOR = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"
_COLUMNS = "SELECT digest, subject, made_at, expires_at, doc FROM ticket WHERE tenant_id = ?"
_FIND = f"{_COLUMNS} AND digest = ? AND kind = ? AND expires_at > ? AND tries < ?"
_OF_KIND = f"{_COLUMNS} AND kind = ? AND expires_at > ? ORDER BY made_at, digest"
_OF_SUBJECT = "SELECT digest FROM ticket WHERE tenant_id = ? AND kind = ? AND subject = ?"
_STALE = "SELECT digest FROM ticket WHERE tenant_id = ? AND expires_at <= ? ORDER BY expires_at LIMIT ?"
_TRIED = "UPDATE ticket SET tries = tries + 1 WHERE tenant_id = ? AND digest = ?"
_REMOVE = "DELETE FROM ticket WHERE tenant_id = ? AND digest = ?"


class Step(StrEnum):
    """What a ticket is good for."""

    SECOND_FACTOR = "second-factor"
    INVITATION = "invitation"
    RESET = "reset"
    EMAIL = "email"
    STEP_UP = "step-up"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its issuer knows it. ``subject``: the member, the id of an invitation, a session."""

    digest: bytes = field(repr=False)
    subject: str
    made_at: str
    expires_at: str
    content: Mapping[str, str] = field(repr=False)


class Tickets:
    """Issues, finds and uses up; always within a transaction."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def issue(
        self, page: Page, step: Step, subject: str, life: timedelta, content: Mapping[str, str] | None = None
    ) -> Secret:
        """Make a ticket."""
        text, now = secrets.token_urlsafe(32), self._clock()
        digest = mark_of(text, step)
        doc = page.seal(TENANT_KEY, msgspec.json.encode(dict(content or {})), ticket_place(digest))
        page.run(_ADD, digest, step, subject, format_time(now), format_time(now + life), doc)
        page.run(_OPEN_DOOR, digest)
        return Secret(text)

    def find(self, page: Page, text: str, step: Step) -> Ticket | None:
        """Return a ticket that is still good."""
        found = page.select(_FIND, mark_of(text, step), step, format_time(self._clock()), TRIES)
        return _ticket(page, *found[0]) if found else None

    def use_up(self, page: Page, text: str, step: Step) -> Ticket | None:
        """Use a ticket up. Of several uses at once one is the first; the others get nothing."""
        found = self.find(page, text, step)
        return found if found is not None and _remove(page, found.digest) else None

    def failed(self, page: Page, ticket: Ticket) -> None:
        """Count a wrong try; after some the ticket is over."""
        page.run(_TRIED, ticket.digest)

    def of(self, page: Page, step: Step) -> list[Ticket]:
        """Return the tenant's tickets of a kind that are still good, the oldest first."""
        return [_ticket(page, *row) for row in page.select(_OF_KIND, step, format_time(self._clock()))]

    def end(self, page: Page, step: Step, subject: str) -> int:
        """End all tickets of a kind that somebody has; returns how many."""
        return sum(_remove(page, digest) for (digest,) in page.select(_OF_SUBJECT, step, subject))


def mark_of(text: str, step: Step) -> bytes:
    """Return what a ticket is found by; as another kind of ticket the same text is another one."""
    return digest_of(f"{step}\x1f{text}")


def sweep_tickets(page: Page, until: str, most: int) -> None:
    """Forget tickets whose time is over."""
    for (digest,) in page.select(_STALE, until, most):
        _remove(page, digest)


def end_tickets(page: Page, subject: str) -> None:
    """End all tickets somebody has, of whichever kind."""
    for step in Step:
        for (digest,) in page.select(_OF_SUBJECT, step, subject):
            _remove(page, digest)


def _remove(page: Page, digest: bytes) -> int:
    page.run(_CLOSE_DOOR, digest)
    return page.run(_REMOVE, digest)


def _ticket(page: Page, digest: bytes, subject: str, made_at: str, expires_at: str, doc: bytes) -> Ticket:
    content = page.opened(TENANT_KEY, doc, ticket_place(bytes(digest)))
    known = {} if content is None else msgspec.json.decode(content, type=dict[str, str])
    return Ticket(bytes(digest), subject, made_at, expires_at, known)
