"""Connection strings of an operator: of PostgreSQL's form, and without a secret in them."""

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo


class PasswordInside(ValueError):
    """A password stands in the string; it belongs into a passfile (libpq: PGPASSFILE, ``passfile=``)."""


def checked_conninfo(text: str) -> str:
    """Return a connection string as it is. Raises ``ValueError``, :class:`PasswordInside`."""
    try:
        given = conninfo_to_dict(text)
    except psycopg.Error:
        raise ValueError("no connection string") from None
    if given.get("password") is not None or given.get("sslpassword") is not None:
        raise PasswordInside
    return text


def for_role(text: str, role: str) -> str:
    """Name a role, whichever the string names."""
    return make_conninfo(text, user=role)


def as_role(text: str, role: str) -> str:
    """Name a role where the string names none."""
    return make_conninfo(**{"user": role, **conninfo_to_dict(text)})  # type: ignore[arg-type]
