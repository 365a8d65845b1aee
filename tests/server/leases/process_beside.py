"""A server process without its web: what one process of an instance does beside requests, until it is killed.

Arguments: how to reach the database and the two key stores, the folder with the epoch key, how many hours
this process is ahead of the time.
"""

import asyncio
import functools
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.hooks.courier import Courier, Pace
from leaddesk.server.hooks.sending import PinnedSender
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.keys.custody.master import master_from_file
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_databases
from leaddesk.server.leases import turn
from leaddesk.server.leases.turn import Turn
from leaddesk.server.web import services as wired
from leaddesk.server.web.beside import clock as beside
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.services import Vaults, build_services, run_background

LEASE_SECONDS, ASK_SECONDS = 60.0, 0.3
"""Long, so that a machine that stands still for a while takes nobody's turn; asked for often."""
QUICK = Pace(first=0.05, longest=0.1, look=0.02)


def keys_of(folder: Path, stores: tuple[str, str]) -> Envelope:
    """Open the keys that all processes share."""
    return keys_in_databases(master_from_file(folder / "master.key"), *stores, (folder / "e1", folder / "e2"))


def shortened() -> None:
    """Have leases asked for often, and nights of many small steps: one can be killed in the middle."""
    turn.EVERY = ASK_SECONDS * turn.SECONDS / LEASE_SECONDS
    wired.Turn = functools.partial(Turn, seconds=LEASE_SECONDS)  # type: ignore[misc,assignment,attr-defined]
    beside.NIGHT_SECONDS = LEASE_SECONDS
    Envelope.turn_epoch = functools.partialmethod(Envelope.turn_epoch, 1)  # type: ignore[assignment,method-assign]


def main(conninfo: str, first: str, second: str, folder: str, ahead: str) -> None:
    """Work until killed."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(hours=int(ahead))

    shortened()
    outside = Outside(courier=Courier(PinnedSender(loopback=True), QUICK), loopback_hooks=True)
    vaults = Vaults(keys_of(Path(folder), (first, second)))
    vaults.keys.epochs._clock = now
    identity = Identity(now, People(Books(keys=vaults.keys)))
    services = build_services(PostgresStorage(conninfo), identity, now, outside, vaults)
    asyncio.run(run_background(services))


if __name__ == "__main__":
    main(*sys.argv[1:])
