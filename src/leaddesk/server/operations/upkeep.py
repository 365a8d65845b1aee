"""What the access log needs beside requests: a signed segment each hour, and the end of old months."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from leaddesk.contract.ids import TenantId
from leaddesk.server.oversight.access_log import AccessLog
from leaddesk.server.oversight.chain import Segment, Witness, seal
from leaddesk.server.oversight.pseudonyms import month_before

if TYPE_CHECKING:
    from leaddesk.server.evidence.signing import Signer
    from leaddesk.server.evidence.sink import Sink

SEGMENT_SECONDS = 3_600.0
RETRY_SECONDS = 60.0

_log = logging.getLogger(__name__)


class SignedSegments:
    """Signs segments and puts their copies into the sink."""

    def __init__(self, signer: "Signer", sink: "Sink") -> None:
        self._signer = signer
        self._sink = sink

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""
        return self._signer.sign(message)

    def keep(self, segment: Segment) -> None:
        """Put a copy outside. Raises ``OSError``."""
        self._sink.append(
            {
                "kind": "access-segment",
                "tenant": segment.tenant,
                "first": segment.first,
                "last": segment.last,
                "link": segment.link.hex(),
                "sealedAt": segment.sealed_at,
                "key": self._signer.key_id,
                "signature": segment.signature.hex(),
            }
        )


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


def witness_of_one_run() -> Witness:
    """Sign with a key of this run, into memory: the demo and tests."""
    from leaddesk.server.evidence.signing import random_signer
    from leaddesk.server.evidence.sink import MemorySink

    return SignedSegments(random_signer(), MemorySink())


class Upkeep:
    """Seals and forgets until it is ended, then seals once more.

    ``witness`` is made at the first segment. ``retention_months``: the running one counts.
    """

    def __init__(
        self,
        log: AccessLog,
        witness: Callable[[], Witness],
        clock: Callable[[], datetime],
        retention_months: int,
    ) -> None:
        self._log = log
        self._make_witness = witness
        self._witness: Witness | None = None
        self._clock = clock
        self._retention_months = retention_months

    async def run(self) -> None:
        """Work until cancelled; what fails is noted and tried again soon."""
        wait = SEGMENT_SECONDS
        while True:
            await asyncio.sleep(wait)
            wait = SEGMENT_SECONDS if await self.once() else RETRY_SECONDS

    async def once(self) -> bool:
        """Seal what was recorded and forget the months that are over; tells whether it went well."""
        try:
            await asyncio.to_thread(self._seal_and_forget)
        except Exception as failure:
            _log.error("access log not sealed: %s", type(failure).__name__)
            return False
        return True

    async def end(self) -> None:
        """Write what waits, seal it, let go of the database."""
        await self._log.settle()
        await self.once()
        await self._log.close()

    def _seal_and_forget(self) -> None:
        self._witness = self._witness or self._make_witness()
        seal(self._log.storage, self._witness, self._clock)
        first_kept = month_before(self._clock(), self._retention_months - 1)
        self._log.pseudonyms.destroy_before(first_kept)
