"""Portable statements as PostgreSQL takes them; rows and failures in the ports' terms.

None of PostgreSQL's texts goes on: they hold values (guarantee A8).
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors

from leaddesk.server.database.connections import Connections
from leaddesk.server.database.failures import StorageUnavailable, Value, VersionConflict
from leaddesk.server.database.speaking.line import Line

FEW = 3
"""Rows that are told one by one; more go through psycopg's pipeline."""

_PLACE = re.compile(r"\?")

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


@lru_cache(maxsize=4096)
def spoken(sql: str) -> bytes:
    """Write a portable statement with PostgreSQL's placeholders. No text of ours holds a question mark."""
    numbers = itertools.count(1)
    return _PLACE.sub(lambda _: f"${next(numbers)}", sql).encode()


@lru_cache(maxsize=256)
def _of_many(sql: str) -> bytes:
    """Write it with psycopg's placeholders."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


class PostgresRows:
    """Statements inside one transaction; results come in binary, so that bytes are not spelled out."""

    def __init__(self, connection: Line, begun: list[tuple[Any, ...]] | None = None) -> None:
        """``begun``: what the last statement of beginning has answered."""
        self.begun = begun
        self.connection = connection

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        with translated():
            return self.connection.ask(spoken(sql), params)

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many. Raises ``VersionConflict``."""
        with translated():
            return self.connection.tell(spoken(sql), params)

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement, sent without waiting for each. Raises ``VersionConflict``."""
        every = list(rows)
        with translated():
            if len(every) > FEW:
                with self.connection.cursor() as cursor:
                    cursor.executemany(_of_many(sql), every)
                return
            for row in every:
                self.connection.tell(spoken(sql), row)


class Asking:
    """Statements that only ask and stand for themselves, each on a connection that is free."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return self._connections.asked(lambda connection: PostgresRows(connection).select(sql, params))

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Refuse: who changes something opens a transaction."""
        raise TypeError(sql)

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Refuse as well."""
        raise TypeError(sql)
