"""The four databases of a configured server, and how an administrator of PostgreSQL reaches each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from leaddesk.server.database.connections import Connection
from leaddesk.server.database.migration import Schema
from leaddesk.server.database.roles import make_roles
from leaddesk.server.eventlog.postgres import walls
from leaddesk.server.eventlog.postgres.migration import DATA
from leaddesk.server.keys.custody import postgres as custody
from leaddesk.server.operations.settings import POSTGRESQL, Misconfigured, ServerSettings
from leaddesk.server.oversight.postgres import storage as accesses

MAINTENANCE = "postgres"


@dataclass(frozen=True, slots=True)
class Database:
    """One of them. ``roles`` makes its roles, as an administrator, and returns the new ones."""

    name: str
    place: str
    schema: Schema
    roles: Callable[[Connection], list[str]]

    @property
    def dbname(self) -> str:
        """Return what PostgreSQL calls it."""
        return str(conninfo_to_dict(self.place)["dbname"])

    @property
    def holds_keys(self) -> bool:
        """Tell whether what lies there must not be kept for long."""
        return self.schema.kind == custody.KEYS.kind

    def conninfo(self, admin: str, *, maintenance: bool = False) -> str:
        """Say how an administrator reaches it, or the database beside it that is always there."""
        words: dict[str, Any] = {**conninfo_to_dict(self.place), **conninfo_to_dict(admin)}
        words["dbname"] = MAINTENANCE if maintenance else self.dbname
        return make_conninfo(**words)


def databases_of(settings: ServerSettings) -> list[Database]:
    """List them: data first, for its backup must not know keys that the key store's does not.

    Raises :class:`Misconfigured`.
    """
    if settings["storage.backend"] != POSTGRESQL:
        raise Misconfigured("storage.backend: expected postgresql; in memory there is nothing to be made")
    found = [Database("data", settings["storage.database"], DATA, walls.make_roles)]
    if settings["access_log.postgresql"] is not None:
        roles = _made(accesses.ROLES)
        found.append(Database("access", settings["access_log.postgresql"], accesses.ACCESSES, roles))
    for number, place in enumerate(settings["keys.databases"] or (), start=1):
        found.append(Database(f"keys-{number}", place, custody.KEYS, _made(custody.ROLES)))
    return found


def connected(conninfo: str) -> Connection:
    """Connect. Raises ``psycopg.OperationalError``."""
    return psycopg.connect(conninfo, autocommit=True)


def _made(roles: dict[str, str]) -> Callable[[Connection], list[str]]:
    return lambda connection: make_roles(connection, roles)
