"""One request as data, before anything of HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from leaddesk.api.line import Request
from leaddesk.contract.wire import WireRequest
from leaddesk.personal.masked import Secret

JSON = "application/json"
NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"
_FORM = "application/x-www-form-urlencoded"

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost: total seconds and decoded bytes."""

    seconds: float = 20.0
    bytes: int = 16 * MEGABYTE


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A request to one endpoint.

    ``key`` is the idempotency key of a mutation; ``serial`` the lead serial the person saw.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: WireRequest | None = None
    form: Mapping[str, Secret | str] | None = None
    key: str | None = None
    serial: int | None = None
    accept: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()

    def __repr__(self) -> str:
        return f"<Call {self.method}>"

    @property
    def repeatable(self) -> bool:
        """Reading changes nothing, so a broken line may be tried once more."""
        return self.method == "GET"

    def request(self, authorization: str | None) -> Request:
        """Return what goes over the line."""
        query = f"?{urlencode(self.query, quote_via=quote)}" if self.query else ""
        return Request(self.method, self.path + query, self._headers(authorization), self._content())

    def _headers(self, authorization: str | None) -> dict[str, str]:
        found = {"accept": self.accept, "accept-encoding": "gzip", **self.headers}
        if self.key is not None:
            found["idempotency-key"] = self.key
        if self.serial is not None:
            found["x-serial"] = str(self.serial)
        if self.body is not None:
            found["content-type"] = JSON
        elif self.form is not None:
            found["content-type"] = _FORM
        if authorization is not None:
            found["authorization"] = authorization
        return found

    def _content(self) -> bytes:
        if self.body is not None:
            return self.body.to_json()
        form = self.form or {}
        return urlencode({name: _plain(value) for name, value in form.items()}).encode("ascii")


def _plain(value: Secret | str) -> str:
    return value if isinstance(value, str) else value.reveal()


def path(template: str, *ids: str) -> str:
    """Fill ``{}`` of a path with escaped ids: an id from the server can never change the endpoint."""
    return template.format(*(quote(one, safe="") for one in ids))
