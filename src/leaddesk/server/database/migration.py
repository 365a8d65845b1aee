"""Bringing a database to the present schema: numbered files, forward only, all of them in one transaction.

Two that migrate at once take turns at the one row of ``instance``. Walls and rights are put up anew around
all tables each time, so that no table can be added without its own.
"""

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import errors, sql

from leaddesk.server.database.connections import Connection, Connections
from leaddesk.server.database.failures import WrongSchema
from leaddesk.server.database.statements import Asking

_INSTANCE = (
    "CREATE TABLE IF NOT EXISTS instance (only_row bigint PRIMARY KEY CHECK (only_row = 1),"
    ' kind text COLLATE "C" NOT NULL, version bigint NOT NULL, log_id text COLLATE "C" NOT NULL)'
)
_JUST_MADE = (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject)
"""Two made it at the same moment: IF NOT EXISTS looks before the other one's commit."""
_BEGIN = "INSERT INTO instance (only_row, kind, version, log_id) VALUES (1, %s, 0, %s) ON CONFLICT DO NOTHING"
_TURN = "SELECT kind, version FROM instance FOR UPDATE"
_DONE = "UPDATE instance SET version = %s"


class FromTheFuture(Exception):
    """The database was migrated by a newer version; there is no way back."""


@dataclass(frozen=True, slots=True)
class Schema:
    """How one kind of database comes to be: its files, whose it is, who may do what in it."""

    kind: str
    folder: Path
    owner: str
    put_up_walls: Callable[[Connection], None]

    def files(self) -> list[tuple[int, Path]]:
        """Return the files by number; numbers are gapless from 1."""
        found = sorted((int(file.name.partition("_")[0]), file) for file in self.folder.glob("*.sql"))
        assert [number for number, _ in found] == list(range(1, len(found) + 1)), "a migration is missing"
        return found

    @property
    def latest(self) -> int:
        """The number of the present schema."""
        return self.files()[-1][0]

    def migrate(self, conninfo: str) -> int:
        """Apply what is missing, as the owner; returns how many files that were.

        The connection's role must be the owner or be allowed to become it. Raises :class:`FromTheFuture`,
        :class:`WrongSchema` for a database of another kind.
        """
        with psycopg.connect(conninfo, autocommit=True) as connection:
            # this connection's only use; it is closed below
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(self.owner)))
            with contextlib.suppress(*_JUST_MADE):
                connection.execute(_INSTANCE)
            with connection.transaction():
                return self._apply(connection)

    def _apply(self, connection: Connection) -> int:
        connection.execute(_BEGIN, (self.kind, secrets.token_hex(16)))
        ((kind, version),) = connection.execute(_TURN).fetchall()
        if kind != self.kind:
            raise WrongSchema
        if version > self.latest:
            raise FromTheFuture
        missing = [file for number, file in self.files() if number > version]
        for file in missing:
            connection.execute(file.read_bytes())
        self.put_up_walls(connection)
        connection.execute(_DONE, (self.latest,))
        return len(missing)

    def checked(self, connections: Connections) -> str:
        """Return the database's own name if its schema is this version's.

        Raises :class:`WrongSchema`, ``StorageUnavailable``.
        """
        try:
            ((*found, name),) = Asking(connections).select("SELECT kind, version, log_id FROM instance")
        except (psycopg.ProgrammingError, ValueError):
            raise WrongSchema from None
        if found != [self.kind, self.latest]:
            raise WrongSchema
        return str(name)
