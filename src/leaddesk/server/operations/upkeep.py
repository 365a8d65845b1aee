"""What the access log needs beside requests: a signed segment each hour, and the end of old months."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from leaddesk.contract.ids import TenantId
from leaddesk.server.leases.memory import MemoryLeases
from leaddesk.server.leases.turn import Turn
from leaddesk.server.oversight.access_log import AccessLog
from leaddesk.server.oversight.chain import Segment, seal
from leaddesk.server.oversight.pseudonyms import month_before

if TYPE_CHECKING:
    from leaddesk.server.evidence.signing import Signer
    from leaddesk.server.evidence.sink import Sink

SIGNING, SIGNING_SECONDS = "signing", 120.0
"""The lease of who signs: two at once would sign the same entries twice, and only one copy be kept here."""
SEGMENT_SECONDS = 3_600.0
RETRY_SECONDS = 60.0

_log = logging.getLogger(__name__)


class SignedSegments:
    """Signs segments and puts their copies into the sink."""

    def __init__(self, signer: "Signer", sink: "Sink") -> None:
        self.turn = threading.Lock()
        self._signer = signer
        self._sink = sink

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""
        return self._signer.sign(message)

    def keep(self, segment: Segment) -> None:
        """Put a copy outside. Raises ``OSError``."""
        self.put(
            {
                "kind": "access-segment",
                "tenant": segment.tenant,
                "first": segment.first,
                "last": segment.last,
                "link": segment.link.hex(),
                "sealedAt": segment.sealed_at,
                "signature": segment.signature.hex(),
            }
        )

    def put(self, line: Mapping[str, str | int]) -> None:
        """Put a signed line outside, with the name of the key. Raises ``OSError``."""
        self._sink.append({**line, "key": self._signer.key_id})


def segments_of(sink: "Sink", tenant: TenantId) -> list[Segment]:
    """Read a tenant's segments back from the sink, to hold the access log against them."""
    lines = [line for line in sink.lines() if (line["kind"], line["tenant"]) == ("access-segment", tenant)]
    return [
        Segment(
            tenant,
            int(line["first"]),
            int(line["last"]),
            bytes.fromhex(str(line["link"])),
            str(line["sealedAt"]),
            bytes.fromhex(str(line["signature"])),
        )
        for line in lines
    ]


def witness_of_one_run() -> SignedSegments:
    """Sign with a key of this run, into memory: the demo and tests."""
    from leaddesk.server.evidence.signing import random_signer
    from leaddesk.server.evidence.sink import MemorySink

    return SignedSegments(random_signer(), MemorySink())


class Upkeep:
    """Seals and forgets until it is ended, then seals once more.

    ``witness`` is made at the first segment. ``retention_months``: the running one counts. ``heads`` signs
    what else is signed at the same time. ``turn``: of several processes one signs at a time.
    """

    def __init__(
        self,
        log: AccessLog,
        witness: Callable[[], SignedSegments],
        clock: Callable[[], datetime],
        retention_months: int,
    ) -> None:
        self._log = log
        self._make_witness = witness
        self.heads: Callable[[SignedSegments], object] = _no_heads
        self.turn = Turn(MemoryLeases(), SIGNING, SIGNING_SECONDS)
        self.signed_at = time.time()
        """When the last round went well, in seconds since the epoch; the start counts as one."""
        self._witness: SignedSegments | None = None
        self._clock = clock
        self._retention_months = retention_months

    async def run(self) -> None:
        """Work until cancelled; what fails is noted and tried again soon."""
        wait = SEGMENT_SECONDS
        while True:
            await asyncio.sleep(wait)
            wait = SEGMENT_SECONDS if await self.once() else RETRY_SECONDS

    def witness(self) -> SignedSegments:
        """Return who signs; made at the first call."""
        self._witness = self._witness or self._make_witness()
        return self._witness

    async def once(self) -> bool:
        """Seal what was recorded and forget the months that are over; tells whether it went well."""
        try:
            await asyncio.to_thread(self._seal_and_forget)
        except Exception as failure:
            _log.error("access log not sealed: %s", type(failure).__name__)
            return False
        self.signed_at = time.time()
        return True

    async def end(self) -> None:
        """Write what waits, seal it, let go of the database."""
        await self._log.settle()
        await self.once()
        await self._log.close()

    def _seal_and_forget(self) -> None:
        witness = self.witness()
        with witness.turn, self.turn.once() as ours:
            if ours:  # else another process is signing, what is here too
                seal(self._log.storage, witness, self._clock)
                self.heads(witness)
        first_kept = month_before(self._clock(), self._retention_months - 1)
        self._log.pseudonyms.destroy_before(first_kept)


def _no_heads(_witness: SignedSegments) -> None:
    return
