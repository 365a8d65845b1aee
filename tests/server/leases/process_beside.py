"""A server process without its web: what one process of an instance does beside requests, until it is killed.

Arguments: how to reach the database, the folder with the keys.
"""

import asyncio
import functools
import sys
from datetime import UTC, datetime
from pathlib import Path

from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.hooks.courier import Courier, Pace
from leaddesk.server.hooks.sending import PinnedSender
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.keys.custody.master import master_from_file
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_files
from leaddesk.server.leases.turn import Turn
from leaddesk.server.web import services as wired
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.services import Vaults, build_services, run_background

LEASE_SECONDS = 1.5
QUICK = Pace(first=0.05, longest=0.1, look=0.02)


def keys_of(folder: Path) -> Envelope:
    """Open the keys that all processes share."""
    places = [folder / name for name in ("m1", "m2", "e1", "e2")]
    return keys_in_files(master_from_file(folder / "master.key"), *places[:2], (places[2], places[3]))


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def main(conninfo: str, folder: str) -> None:
    """Work until killed."""
    wired.Turn = functools.partial(Turn, seconds=LEASE_SECONDS)  # type: ignore[misc,assignment,attr-defined]
    outside = Outside(courier=Courier(PinnedSender(loopback=True), QUICK), loopback_hooks=True)
    vaults = Vaults(keys_of(Path(folder)))
    storage = PostgresStorage(conninfo)
    services = build_services(storage, Identity(now, People(Books(keys=vaults.keys))), now, outside, vaults)
    asyncio.run(run_background(services))


if __name__ == "__main__":
    main(*sys.argv[1:])
