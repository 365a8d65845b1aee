"""Resolving a pseudonym: one person asks with a reason, another agrees, both signed in themselves.

What it stands for is never stored: it is found anew at each look, for a day, and never again once the month's
key is destroyed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.identity.caller import Caller
from leaddesk.server.oversight.month_keys import MonthKeys
from leaddesk.server.oversight.storage import AccessStorage

LIFE = timedelta(hours=24)
"""How long a request waits, and how long an outcome may be looked at."""

_KEY = "a:resolutions"
_ALL = "SELECT id, status, expires_at, sealed FROM resolution WHERE tenant_id = ?"
_INSERT = "INSERT INTO resolution (tenant_id, id, status, expires_at, sealed) VALUES (?, ?, ?, ?, ?)"
_APPROVE = (
    "UPDATE resolution SET status = 'APPROVED', expires_at = ?, sealed = ?"
    " WHERE tenant_id = ? AND id = ? AND status = 'PENDING'"
)


class NotThere(Exception):
    """No such request in this tenant."""


class OwnRequest(Exception):
    """Nobody agrees with themselves."""


class NotPending(Exception):
    """It has been decided, or its time is over."""


class Asked(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Who asked what and why, and who agreed; stored sealed."""

    pseudonym: str
    reason: str
    requested_by: str
    requested_at: str
    approved_by: str | None = None
    approved_at: str | None = None

    def __repr__(self) -> str:
        return "<Asked>"


class Request(msgspec.Struct, frozen=True):
    """A request as it stands now."""

    resolution_id: str
    status: Literal["PENDING", "APPROVED", "EXPIRED"]
    expires_at: str
    asked: Asked

    def __repr__(self) -> str:
        return f"<Request {self.status}>"

    def is_told_to(self, caller: Caller) -> bool:
        """Tell whether this caller may learn the meaning."""
        two = (self.asked.requested_by, self.asked.approved_by)
        return self.status == "APPROVED" and caller.session is not None and caller.urn in two


class Resolutions:
    """The requests of all tenants."""

    def __init__(self, storage: AccessStorage, keys: MonthKeys, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._keys = keys
        self._clock = clock

    def ask(self, caller: Caller, resolution_id: str, pseudonym: str, reason: str) -> None:
        """Enter a request."""
        now = self._clock()
        asked = Asked(pseudonym, reason, caller.urn, format_time(now))
        sealed = self._sealed(caller.tenant_id, resolution_id, asked)
        with self._storage.transaction() as rows:
            rows.run(_INSERT, (caller.tenant_id, resolution_id, "PENDING", format_time(now + LIFE), sealed))

    def approve(self, caller: Caller, resolution_id: str) -> None:
        """Agree. Raises :class:`NotThere`, :class:`OwnRequest`, :class:`NotPending`."""
        request, now = self.find(caller.tenant_id, resolution_id), self._clock()
        if request.asked.requested_by == caller.urn:
            raise OwnRequest
        if request.status != "PENDING":
            raise NotPending
        agreed = replace(request.asked, approved_by=caller.urn, approved_at=format_time(now))
        sealed = self._sealed(caller.tenant_id, resolution_id, agreed)
        until = format_time(now + LIFE)
        with self._storage.transaction() as rows:
            if not rows.run(_APPROVE, (until, sealed, caller.tenant_id, resolution_id)):
                raise NotPending

    def find(self, tenant: TenantId, resolution_id: str) -> Request:
        """Return one request. Raises :class:`NotThere`."""
        for request in self.all_of(tenant, resolution_id):
            return request
        raise NotThere

    def all_of(self, tenant: TenantId, resolution_id: str | None = None) -> list[Request]:
        """Return the tenant's requests, newest first; those whose key is gone are left out."""
        only = ("", ()) if resolution_id is None else (" AND id = ?", (resolution_id,))
        with self._storage.transaction() as rows:
            found = rows.select(_ALL + only[0], (tenant, *only[1]))
        known = [self._request(tenant, *row) for row in found]
        return sorted(
            (request for request in known if request is not None),
            key=lambda request: request.asked.requested_at,
            reverse=True,
        )

    def _request(
        self, tenant: TenantId, resolution_id: str, status: str, expires_at: str, sealed: bytes
    ) -> Request | None:
        plain = self._keys.open(tenant, _KEY, sealed, _place(resolution_id))
        if plain is None:
            return None
        asked = msgspec.json.decode(plain, type=Asked)
        if expires_at <= format_time(self._clock()):
            return Request(resolution_id, "EXPIRED", expires_at, asked)
        return Request(resolution_id, "APPROVED" if status == "APPROVED" else "PENDING", expires_at, asked)

    def _sealed(self, tenant: TenantId, resolution_id: str, asked: Asked) -> bytes:
        return self._keys.seal(tenant, _KEY, msgspec.json.encode(asked), _place(resolution_id))


def _place(resolution_id: str) -> str:
    return f"resolution:{resolution_id}"
