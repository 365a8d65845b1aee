"""A copy of the key store as a PostgreSQL database of its own, for several server processes.

Only the keeper may look into it or change it; not the data's application role, not the auditor. A destroyed
key is overwritten row by row, and its old row vacuumed; files and logs of PostgreSQL keep residues until then
or longer, which die with the night's epoch key (docs/encryption.md).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import make_conninfo

from leaddesk.server.database.connections import Connection
from leaddesk.server.database.migration import Schema
from leaddesk.server.database.statements import Asking, PostgresRows, translated
from leaddesk.server.database.transactions import Transactions
from leaddesk.server.keys.custody.mirror import ArchivedKeys, Reads, Writes

OWNER, KEEPER = "leaddesk_keys_owner", "leaddesk_keeper"
ROLES = {OWNER: "NOLOGIN", KEEPER: "LOGIN"}
"""Owner: makes the tables. Keeper: the server processes, in this database only."""

SIZE = 8
"""Connections of one process to one copy."""

_ARCHIVES = "SELECT current_setting('archive_mode') <> 'off'"
_TURN = (
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0;"
    " SET LOCAL lock_timeout = '60s'; SELECT 1 FROM turn FOR UPDATE"
)
_WALLS = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO leaddesk_keeper;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON data_key, tenant_key TO leaddesk_keeper;
GRANT SELECT, UPDATE ON custody, turn TO leaddesk_keeper;
GRANT SELECT ON instance TO leaddesk_keeper;
"""


def put_up_walls(connection: Connection) -> None:
    """Give the keeper what it needs and nobody else anything; as the owner."""
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL(_WALLS).format(database=database))


KEYS = Schema("keys", Path(__file__).parent / "migrations", OWNER, put_up_walls)


class _Reads(Reads):
    def find(self, tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        """One statement for however many: it is prepared once."""
        text = "SELECT id, epoch, wrapped FROM data_key WHERE tenant_id = ? AND id = ANY(?)"
        return self._rows.select(text, (tenant, list(ids)))  # type: ignore[arg-type]


class PostgresMirror:
    """One database, migrated; used as the keeper."""

    def __init__(self, conninfo: str, size: int = SIZE) -> None:
        """Connect; ``conninfo`` names no user.

        Raises ``WrongSchema``, ``StorageUnavailable``, ``ArchivedKeys``.
        """
        self._database = Transactions(make_conninfo(conninfo, user=KEEPER), size)
        self._reads = _Reads(Asking(self._database.connections))
        try:
            KEYS.checked(self._database.connections)
            if Asking(self._database.connections).select(_ARCHIVES) == [(True,)]:
                raise ArchivedKeys
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Ask, beside whoever writes."""
        yield self._reads

    def begin(self) -> Writes:
        """Open a transaction. Raises ``StorageUnavailable``."""
        connection, _ = self._database.begun("BEGIN")
        rows = PostgresRows(connection)

        def end(how: str) -> None:
            try:
                with translated():
                    connection.end() if how == "COMMIT" else connection.say(b"ROLLBACK")
            finally:
                self._database.connections.give_back(connection)

        return Writes(rows, _Reads(rows), end, shared=" FOR SHARE")

    @contextmanager
    def turning(self) -> Iterator[None]:
        """Wait until nobody else turns, and let nobody else; a process that dies lets go."""
        with self._database.within(_TURN):
            yield

    def copy_to(self, _other: object) -> bool:
        """Never: both are written from the start."""
        return False

    def close(self) -> None:
        """Let go of it."""
        self._database.close()
