"""The access log on PostgreSQL, by three roles of which none can change an entry.

The writer may only call what appends entries, without seeing any; the auditor may only read; the keeper keeps
the secrets of months, segments and resolutions. Whoever speaks through the server cannot rewrite the log.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import make_conninfo

from leaddesk.server.database.connections import Connection, Connections
from leaddesk.server.database.migration import Schema
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.database.statements import PostgresRows, translated
from leaddesk.server.database.transactions import READ, WRITE, Transactions
from leaddesk.server.oversight.chain import told
from leaddesk.server.oversight.entries import Entry

OWNER, WRITER, AUDITOR, KEEPER = (
    "leaddesk_access_owner",
    "leaddesk_log_writer",
    "leaddesk_auditor",
    "leaddesk_log_keeper",
)
ROLES = {OWNER: "NOLOGIN", WRITER: "LOGIN", AUDITOR: "LOGIN", KEEPER: "LOGIN"}

_ARRAYS = ", ".join(["text[]"] * 9)
_WALLS = f"""
REVOKE ALL ON DATABASE {{database}} FROM PUBLIC;
GRANT CONNECT ON DATABASE {{database}} TO {WRITER}, {AUDITOR}, {KEEPER};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {WRITER}, {AUDITOR}, {KEEPER};
REVOKE ALL ON FUNCTION record_accesses({_ARRAYS}) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_accesses({_ARRAYS}) TO {WRITER};
GRANT INSERT ON access_probe TO {WRITER};
GRANT SELECT ON access_entry, access_head, access_segment TO {AUDITOR};
GRANT SELECT, INSERT ON access_segment TO {KEEPER};
GRANT SELECT, UPDATE (sealed) ON access_head TO {KEEPER};
GRANT SELECT, DELETE ON access_probe TO {KEEPER};
GRANT SELECT, INSERT, UPDATE ON month_secret, resolution TO {KEEPER};
GRANT SELECT ON instance TO {WRITER}, {AUDITOR}, {KEEPER};
"""
_APPEND = f"SELECT record_accesses({', '.join(f'${number}::text[]' for number in range(1, 10))})".encode()
"""Tenant, time, person, role, action, thing, purpose, result, detail: a column each."""
_PROMPTLY = "-c statement_timeout=4s -c lock_timeout=2s -c synchronous_commit=on"
"""How the writer connects: what cannot be written soon is refused, what was written is on the disk."""
_PROBE = b"INSERT INTO access_probe DEFAULT VALUES"
_KEEP = WRITE + "; DELETE FROM access_probe"  # noqa: S608 - constant text
_LOOK = "SELECT 1 FROM access_head LIMIT 1"


def put_up_walls(connection: Connection) -> None:
    """Give each role its own rights and nobody else any; as the owner."""
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL(_WALLS).format(database=database))


ACCESSES = Schema("access", Path(__file__).parent / "migrations", OWNER, put_up_walls)


class PostgresAccess:
    """One database, migrated. ``conninfo`` names no user: each role connects for itself. From any thread.

    A transaction that has ended is on the disk; every failure means that nothing can be recorded.
    """

    waits_for_disk = True

    def __init__(self, conninfo: str) -> None:
        """Connect. Raises ``WrongSchema``, ``StorageUnavailable``."""
        self._writer = Connections(make_conninfo(conninfo, user=WRITER, options=_PROMPTLY), 2)
        self._auditor = Transactions(make_conninfo(conninfo, user=AUDITOR), 2)
        self._keeper = Transactions(make_conninfo(conninfo, user=KEEPER), 4)
        try:
            ACCESSES.checked(self._keeper.connections)
        except BaseException:
            self.close()
            raise

    def append(self, entries: Sequence[Entry]) -> None:
        """Append in one statement. Raises ``StorageUnavailable``.

        Tenants in order, so that two processes never wait for each other. Where the connection was lost it is
        done again: an entry may be there twice, never not at all.
        """
        ordered = sorted(entries, key=lambda entry: entry.tenant)
        columns = list(map(list, zip(*((entry.tenant, *told(entry)) for entry in ordered), strict=True)))
        self._writer.asked(lambda connection: _run(connection, _APPEND, columns))

    def probe(self) -> None:
        """Insert what is no entry; the keeper takes it away some time. Raises ``StorageUnavailable``."""
        self._writer.asked(lambda connection: _run(connection, _PROBE, []))

    def look(self) -> None:
        """Read a row as the auditor. Raises ``StorageUnavailable``."""
        with self.reading() as rows:
            rows.select(_LOOK)

    @contextmanager
    def reading(self) -> Iterator[PostgresRows]:
        """Read as the auditor. Raises ``StorageUnavailable``."""
        with self._auditor.within(READ) as rows:
            yield rows

    @contextmanager
    def transaction(self) -> Iterator[PostgresRows]:
        """Open a transaction as the keeper. Raises ``VersionConflict``, ``StorageUnavailable``."""
        with self._keeper.within(_KEEP) as rows:
            yield rows

    def close(self) -> None:
        """Let go of the database."""
        self._writer.close()
        self._auditor.close()
        self._keeper.close()


def _run(line: Line, statement: bytes, columns: list[list[str | None]]) -> None:
    with translated():
        line.ask(statement, columns)
