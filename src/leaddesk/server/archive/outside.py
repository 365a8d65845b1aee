"""What lies outside the databases: the sink's lines, the key that signed them, and what a restore made void.

A database that was brought back to an earlier moment cannot meet what was signed in between. So a restore is
put on record as a signed line (:class:`Restored`): heads and segments of that time are not asked for then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive.heads import HEAD_LINE, Head
from leaddesk.server.evidence.signing import is_signed
from leaddesk.server.oversight.chain import Segment

SEGMENT_LINE, RESTORED_LINE = "access-segment", "log-restored"
Line = Mapping[str, str | int]

signed = lru_cache(maxsize=4096)(is_signed)
"""Each signature is looked at twice, inside and outside."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A log was brought back to a moment, and this was noted at another; nothing signed in between counts."""

    log_id: str
    to: str
    at: str
    signature: bytes = b""

    def message(self) -> bytes:
        """Write what is signed."""
        return f"leaddesk event log restored\x1f{self.log_id}\x1f{self.to}\x1f{self.at}".encode()

    def line(self) -> dict[str, str | int]:
        """Write the line of the sink."""
        told: dict[str, str | int] = {"kind": RESTORED_LINE, "log": self.log_id, "to": self.to, "at": self.at}
        return {**told, "signature": self.signature.hex()}

    def covers(self, signed_at: str) -> bool:
        """Tell whether something was signed in the time that is gone."""
        return self.to < signed_at <= self.at


@dataclass(frozen=True, slots=True)
class Outside:
    """The public key, and the lines. ``told``: restores that whoever asks knows of."""

    public: bytes
    lines: Sequence[Line]
    told: tuple[Restored, ...] = ()

    def heads(self, log_id: str) -> list[Head]:
        """Return the heads of a log that a database must meet."""
        gone = self._counting(log_id)
        return [head for head in self._heads(log_id) if not _covered(gone, head.signed_at)]

    def void_heads(self, log_id: str) -> list[Head]:
        """Return the heads of a log that a restore made void."""
        gone = self._counting(log_id)
        return [head for head in self._heads(log_id) if _covered(gone, head.signed_at)]

    def segments(self, log_id: str) -> list[Segment]:
        """Return the access logs' segments that a database beside a log must meet."""
        gone = self._counting(log_id)
        return [one for one in map(_segment, self._of(SEGMENT_LINE)) if not _covered(gone, one.sealed_at)]

    def restores(self, log_id: str) -> list[Restored]:
        """Return what was noted of restores of a log, whoever signed it."""
        return [_restored(line) for line in self._of(RESTORED_LINE) if line.get("log") == log_id]

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature is of the key."""
        return signed(self.public, message, signature)

    def _counting(self, log_id: str) -> list[Restored]:
        noted = [one for one in self.restores(log_id) if self.is_signed(one.message(), one.signature)]
        return [*self.told, *noted]

    def _heads(self, log_id: str) -> list[Head]:
        return [_head(line) for line in self._of(HEAD_LINE) if line.get("log") == log_id]

    def _of(self, kind: str) -> Iterator[Line]:
        return (line for line in self.lines if line.get("kind") == kind)


def _covered(gone: Sequence[Restored], signed_at: str) -> bool:
    return any(one.covers(signed_at) for one in gone)


def _head(line: Line) -> Head:
    link, signature = bytes.fromhex(str(line["link"])), bytes.fromhex(str(line["signature"]))
    return Head(
        str(line["log"]), str(line["tenant"]), int(line["position"]), link, str(line["signedAt"]), signature
    )


def _segment(line: Line) -> Segment:
    link, signature = bytes.fromhex(str(line["link"])), bytes.fromhex(str(line["signature"]))
    reach = int(line["first"]), int(line["last"])
    return Segment(TenantId(str(line["tenant"])), *reach, link, str(line["sealedAt"]), signature)


def _restored(line: Line) -> Restored:
    return Restored(str(line["log"]), str(line["to"]), str(line["at"]), bytes.fromhex(str(line["signature"])))
