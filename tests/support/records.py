"""An access log in memory for applications that are tested without the rest of the server."""

from __future__ import annotations

from datetime import UTC, datetime

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.oversight.access_log import AccessLog
from leaddesk.server.oversight.month_keys import StoredMonthKeys
from leaddesk.server.oversight.pseudonyms import Pseudonyms
from leaddesk.server.oversight.sqlite import SqliteAccess
from leaddesk.server.web.edge.access import Records


def records_in_memory() -> Records:
    """Make what guards put accesses on record with; no tenant has a log."""
    storage = SqliteAccess()
    names = Pseudonyms(storage, StoredMonthKeys(keys_in_memory()))

    async def at_its_beginning(_tenant: TenantId) -> int:
        return 0

    return Records(AccessLog(storage, names, lambda: datetime.now(UTC)), at_its_beginning)
