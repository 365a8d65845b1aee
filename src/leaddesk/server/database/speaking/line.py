"""A connection that is asked by one call of libpq a way.

psycopg's cursors wait in steps, so that signals are heard and coroutines run; a thread of ours waits for one
answer and does nothing else meanwhile, and so a way costs a quarter of the processor time (P11, P12).
psycopg opens and closes the connection, reads answers, and sends many rows at once.
"""

import itertools
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

from leaddesk.server.database.speaking.encoding import encoded

OFTEN = 5
"""After how many times a statement is prepared; what is asked less is not worth a place."""
MOST_PREPARED = 256
"""Then all are forgotten and begun anew: texts that are put together for values are many."""

Row = tuple[Any, ...]

_GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_STALE = ("26000", "0A000")
"""There is no such prepared statement any more, or its tables have changed since."""
_BINARY = 1

logging.getLogger("psycopg").setLevel(logging.ERROR)
"""Else it warns, now and then, that a pipeline whose error is being raised could not be ended as well."""


class Line(psycopg.Connection[Row]):
    """One connection, used by one thread at a time."""

    def __init__(self, pgconn: pq.abc.PGconn, row_factory: Any = psycopg.rows.tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._reader = Transformer(self)
        self._times: dict[tuple[bytes, tuple[int, ...]], int] = {}
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._numbers = itertools.count(1)

    def ask(self, statement: bytes, values: Sequence[Any], *, prepared: bool = True) -> list[Row]:
        """Return the rows of a statement with places ``$1``, ``$2``, …. Raises ``psycopg.Error``."""
        return self._rows(self._asked(statement, values, prepared=prepared))

    def tell(self, statement: bytes, values: Sequence[Any]) -> int:
        """Return how many rows a statement changed. Raises ``psycopg.Error``."""
        return self._asked(statement, values, prepared=True).command_tuples or 0

    def say(self, texts: bytes) -> list[Row]:
        """Send statements without places in one message; returns the last one's rows. Raises as above."""
        return self._rows(self._good(self.pgconn.exec_(texts)))

    def end(self) -> None:
        """Commit. Raises ``psycopg.Error``, also where a statement had failed and nobody said so."""
        if self._good(self.pgconn.exec_(b"COMMIT")).command_status != b"COMMIT":
            raise errors.InFailedSqlTransaction

    def leave(self) -> None:
        """End a transaction that has only read, and wait for nothing: the next call takes the answer away."""
        self.pgconn.send_query(b"COMMIT")

    def _asked(self, statement: bytes, values: Sequence[Any], *, prepared: bool) -> pq.abc.PGresult:
        written, types, formats = encoded(values)
        name = self._name((statement, types)) if prepared else None
        if name is None:
            return self._good(self.pgconn.exec_params(statement, written, types, formats, _BINARY))
        return self._good(self.pgconn.exec_prepared(name, written, formats, _BINARY))

    def _name(self, which: tuple[bytes, tuple[int, ...]]) -> bytes | None:
        """Return under which name a statement is prepared; nothing for one that comes rarely."""
        name = self._names.get(which)
        if name is not None:
            return name
        times = self._times[which] = self._times.get(which, 0) + 1
        if times <= OFTEN:
            if len(self._times) > MOST_PREPARED:
                self._times.clear()
            return None
        if len(self._names) >= MOST_PREPARED:
            self._forget()
        name = b"said_%d" % next(self._numbers)
        self._good(self.pgconn.prepare(name, *which))
        del self._times[which]
        self._names[which] = name
        return name

    def _forget(self) -> None:
        names = list(self._names.values())
        self._names.clear()
        self._good(self.pgconn.exec_(b"; ".join(b"DEALLOCATE %b" % name for name in names)))

    def _rows(self, answer: pq.abc.PGresult) -> list[Row]:
        if answer.status != pq.ExecStatus.TUPLES_OK:
            return []
        self._reader.set_pgresult(answer)
        rows = self._reader.load_rows(0, answer.ntuples, tuple)
        self._reader.set_pgresult(None)
        return rows

    def _good(self, answer: pq.abc.PGresult) -> pq.abc.PGresult:
        """Return an answer that is none of an error; the error goes without PostgreSQL's words."""
        if answer.status in _GOOD:
            return answer
        state = (answer.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
        if state in _STALE:
            self._names.clear()  # the transaction has failed; the next one prepares anew
        if not state or self.closed:
            raise psycopg.OperationalError
        try:
            kind = errors.lookup(state)
        except KeyError:
            kind = psycopg.DatabaseError
        raise kind
