"""One request as data, before anything of HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from leaddesk.contract.wire import WireRequest
from leaddesk.personal.masked import Secret

JSON = "application/json"
NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost: total seconds and decoded bytes (httpx knows neither)."""

    seconds: float = 20.0
    bytes: int = 16 * MEGABYTE


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A request to one endpoint.

    ``key`` is the idempotency key of a mutation; ``serial`` the lead serial the person saw; ``harmless``:
    it changes nothing that matters, so that sending it twice does no harm.
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
    harmless: bool = False

    def __repr__(self) -> str:
        return f"<Call {self.method}>"

    @property
    def repeatable(self) -> bool:
        """Whether a broken line may be tried once more: a server closes what was idle as we begin to send."""
        return self.method == "GET" or self.harmless

    def all_headers(self) -> dict[str, str]:
        """Headers without the authorization."""
        found = {"accept": self.accept, "accept-encoding": "gzip", **self.headers}
        if self.key is not None:
            found["idempotency-key"] = self.key
        if self.serial is not None:
            found["x-serial"] = str(self.serial)
        if self.body is not None:
            found["content-type"] = JSON
        return found


def path(template: str, *ids: str) -> str:
    """Fill ``{}`` of a path with escaped ids: an id from the server can never change the endpoint."""
    return template.format(*(quote(one, safe="") for one in ids))
