"""``init`` and ``migrate``: databases and roles come to be, schemas become the present one."""

from collections.abc import Iterator

from psycopg import sql

from leaddesk.server.database.failures import WrongSchema
from leaddesk.server.database.migration import FromTheFuture
from leaddesk.server.installation.databases import Database, connected


class NotMade(Exception):
    """A database cannot be made or migrated; the text is the sentence."""


def init(databases: list[Database], admin: str) -> Iterator[str]:
    """Make what is missing and say what that was. Raises :class:`NotMade`, ``psycopg.Error``."""
    for database in databases:
        done = [f"made role {name}" for name in _roles(database, admin)]
        if make(database, admin):
            done.append(f"made database {database.dbname}")
        yield from _told(database, done + _migrated(database, admin))


def migrate(databases: list[Database], admin: str) -> Iterator[str]:
    """Bring every database to the present schema. Raises as :func:`init`."""
    for database in databases:
        yield from _told(database, _migrated(database, admin))


def make(database: Database, admin: str) -> bool:
    """Make one database if it is not there; tells whether. Text is compared by code points in it."""
    with connected(database.conninfo(admin, maintenance=True)) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database.dbname,))
        if found.fetchall():
            return False
        names = (sql.Identifier(database.dbname), sql.Identifier(database.schema.owner))
        text = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        connection.execute(sql.SQL(text).format(*names))
    return True


def _roles(database: Database, admin: str) -> list[str]:
    with connected(database.conninfo(admin, maintenance=True)) as connection:
        return database.roles(connection)


def _migrated(database: Database, admin: str) -> list[str]:
    try:
        count = database.schema.migrate(database.conninfo(admin))
    except FromTheFuture:
        raise NotMade(f"{database.name}: the database is of a newer version; there is no way back") from None
    except WrongSchema:
        raise NotMade(f"{database.name}: {database.dbname} is a database of another kind") from None
    return [f"applied {count} migration{'s' * (count != 1)}"] if count else []


def _told(database: Database, done: list[str]) -> Iterator[str]:
    yield f"{database.name}: {', '.join(done) or 'as it should be'}"
