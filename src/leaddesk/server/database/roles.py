"""Roles of a PostgreSQL: made without passwords, and without any right but those that walls give them."""

from collections.abc import Mapping

from psycopg import sql

from leaddesk.server.database.connections import Connection

_HARMLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def make_roles(connection: Connection, roles: Mapping[str, str]) -> list[str]:
    """Make the roles that are missing (name: ``LOGIN`` or ``NOLOGIN``) and return them; those that are there
    lose every right beyond their own.
    """
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for name, login in roles.items():
        verb = "ALTER" if name in known else "CREATE"
        connection.execute(sql.SQL(f"{verb} ROLE {{}} {login} {_HARMLESS}").format(sql.Identifier(name)))
    return [name for name in roles if name not in known]
