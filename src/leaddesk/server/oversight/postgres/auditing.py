"""The access log's database as the auditor has it: to be read, by nobody else's right."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.database.transactions import READ, Transactions
from leaddesk.server.oversight.postgres.storage import ACCESSES, AUDITOR


class AuditedAccess:
    """One database, migrated. From any thread."""

    def __init__(self, conninfo: str) -> None:
        """Connect. Raises ``WrongSchema``, ``StorageUnavailable``."""
        self._auditor = Transactions(make_conninfo(conninfo, user=AUDITOR), 1)
        try:
            ACCESSES.checked(self._auditor.connections)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[PostgresRows]:
        """Read. Raises ``StorageUnavailable``."""
        with self._auditor.within(READ) as rows:
            yield rows

    def close(self) -> None:
        """Let go of the database."""
        self._auditor.close()
