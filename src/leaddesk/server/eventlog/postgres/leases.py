"""Leases in the database: by its clock, so that the clocks of the processes do not matter.

The application has no right to the table; two functions take and end leases for it (``walls``). No advisory
locks: they belong to a connection, which a pooler hands to somebody else.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.leases.port import Held


class PostgresLeases:
    """Each question is a transaction of its own."""

    def __init__(self, within: Callable[[], AbstractContextManager[PostgresRows]]) -> None:
        self._within = within

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take or renew. Raises ``StorageUnavailable``."""
        milliseconds = int(seconds * 1000)
        with self._within() as rows:
            ((taken,),) = rows.select("SELECT take_lease(?, ?, ?)", (name, holder, milliseconds))
        return bool(taken)

    def leave(self, name: str, holder: str) -> None:
        """End it. Raises ``StorageUnavailable``."""
        with self._within() as rows:
            rows.select("SELECT leave_lease(?, ?)", (name, holder))

    def held(self) -> list[Held]:
        """List them. Raises ``StorageUnavailable``."""
        with self._within() as rows:
            found = rows.select("SELECT name, holder, milliseconds FROM held_leases()")
        return [Held(name, holder, milliseconds / 1000) for name, holder, milliseconds in found]
