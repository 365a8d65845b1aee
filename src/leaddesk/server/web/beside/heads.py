"""Noticing what other processes on the same database append, for the streams of this one.

One question for all tenants that somebody here listens to, many times a second: their heads. It costs the
writers nothing (a notification inside their transactions would put them in one row) and needs nothing that
not every PostgreSQL has.
"""

import asyncio

from leaddesk.server.database.threads import BESIDE
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.storage import StorageUnavailable

LOOK_SECONDS = 0.05
"""Half of it is added, on average, to what a change takes to another process (P9)."""
AWAY_SECONDS = 0.5


async def watch_heads(log: EventLog) -> None:
    """Wake streams that have told less than there is, until cancelled; in memory there are no neighbours.

    While the database is away they are woken too: who asks it is told so.
    """
    while log.threads.at_once:
        await asyncio.sleep(LOOK_SECONDS)
        tenants = log.wakeups.tenants()
        if not tenants:
            continue
        try:
            heads = await log.threads.do(BESIDE, lambda: log.heads(tenants))  # noqa: B023
        except StorageUnavailable:
            for tenant in tenants:
                log.wakeups.notify(tenant)
            await asyncio.sleep(AWAY_SECONDS)
            continue
        log.wakeups.seen(heads)
