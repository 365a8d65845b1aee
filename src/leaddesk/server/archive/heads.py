"""Signed heads: where a tenant's chain stood at an hour, signed and kept outside the database (guarantee S6).

Who can write the database can compute a whole chain anew, or cut it off; not what was signed before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from leaddesk.contract.wire import format_time
from leaddesk.server.eventlog.log import EventLog

HEAD_LINE = "event-head"
_LAST = "SELECT MAX(position) FROM signed_head WHERE tenant_id = ?"
_INSERT = "INSERT INTO signed_head (tenant_id, position, link, signed_at, signature) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Head:
    """The link of a tenant's last event at some moment, signed."""

    log_id: str
    tenant: str
    position: int
    link: bytes
    signed_at: str
    signature: bytes = b""

    def message(self) -> bytes:
        """Write what is signed."""
        place = f"{self.log_id}\x1f{self.tenant}\x1f{self.position}\x1f{self.signed_at}\x1f{self.link.hex()}"
        return b"leaddesk event log head\x1f" + place.encode()

    def line(self) -> dict[str, str | int]:
        """Write the copy that goes outside."""
        return {
            "kind": HEAD_LINE,
            "log": self.log_id,
            "tenant": self.tenant,
            "position": self.position,
            "link": self.link.hex(),
            "signedAt": self.signed_at,
            "signature": self.signature.hex(),
        }


class HeadWitness(Protocol):
    """Signs, and keeps a copy where who can write the database cannot write."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""

    def put(self, line: Mapping[str, str | int]) -> None:
        """Put a line into the outside sink. Raises ``OSError``."""


def sign_heads(log: EventLog, witness: HeadWitness, clock: Callable[[], datetime]) -> int:
    """Sign where every log stands that has grown since; returns how many.

    The copy goes out first: a crash in between leaves a copy too many, never one too few.
    """
    grown = 0
    for scope in log.scopes():
        with log.for_tenant(scope).reading() as unit:
            position, link = unit.head()
            (last,) = unit.select(_LAST)[0]
        if position == last:
            continue
        bare = Head(log.log_id, scope.tenant, position, link, format_time(clock()))
        head = replace(bare, signature=witness.sign(bare.message()))
        witness.put(head.line())
        with log.for_tenant(scope).keeping() as unit:
            unit.run(_INSERT, position, link, head.signed_at, head.signature)
        grown += 1
    return grown
