"""The schema of the data's database: event log, projections, and the walls around all of them."""

from pathlib import Path

from leaddesk.server.database.migration import Schema
from leaddesk.server.eventlog.postgres.walls import OWNER, put_up_walls

DATA = Schema("data", Path(__file__).parent / "migrations", OWNER, put_up_walls)
LATEST = DATA.latest


def migrate(conninfo: str) -> int:
    """Apply what is missing, as the owner; returns how many files that were. Raises ``FromTheFuture``."""
    return DATA.migrate(conninfo)
