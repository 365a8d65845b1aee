"""Which databases lie in which PostgreSQL; one that holds keys must not be archived.

A base backup and the write-ahead log are of a whole server. Keys that were destroyed stay in both for as long
as they are kept: what was erased could be read again (docs/encryption.md).
"""

from collections.abc import Iterator, Sequence

from leaddesk.server.installation.databases import Database, connected

_SYSTEM = "SELECT system_identifier::text FROM pg_control_system()"
_ARCHIVES = "SELECT current_setting('archive_mode') <> 'off'"


def system_of(database: Database, admin: str) -> str:
    """Return what tells the database's server from every other one. Raises ``psycopg.Error``."""
    with connected(database.conninfo(admin, maintenance=True)) as connection:
        return str(connection.execute(_SYSTEM).fetchall()[0][0])


def archives(database: Database, admin: str) -> bool:
    """Tell whether the database's server archives its write-ahead log. Raises ``psycopg.Error``."""
    with connected(database.conninfo(admin, maintenance=True)) as connection:
        return bool(connection.execute(_ARCHIVES).fetchall()[0][0])


def archived_keys(databases: Sequence[Database], admin: str) -> Iterator[Database]:
    """List the key stores whose server archives its write-ahead log. Raises ``psycopg.Error``."""
    return (one for one in databases if one.holds_keys and archives(one, admin))
