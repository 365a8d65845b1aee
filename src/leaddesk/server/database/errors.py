"""What PostgreSQL's failures mean to the storage port. None of its texts goes on: they hold values (A8)."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from leaddesk.server.database.failures import StorageUnavailable, VersionConflict

_DECIDE_AGAIN = (errors.UniqueViolation, errors.SerializationFailure, errors.DeadlockDetected)
"""Somebody else was quicker. 40001 and 40P01 are rare on one PostgreSQL and usual on a distributed one."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``VersionConflict`` where deciding again helps, ``StorageUnavailable`` where waiting does."""
    try:
        yield
    except _DECIDE_AGAIN:
        raise VersionConflict from None
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise StorageUnavailable from None
