"""A bounded stack of connections: opened by whoever needs one, thrown away when broken.

Without threads of its own: after an outage the next request connects, not a timer that has backed off.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.database.speaking.line import Line

Connection = psycopg.Connection[tuple[Any, ...]]
"""One that is no server's, for migrations and walls."""
T = TypeVar("T")

DEFAULTS: Mapping[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "target_session_attrs": "read-write",
    "application_name": "leaddesk",
    "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
}
"""Where the connection string is silent: a dead machine is noticed in seconds, of several hosts the one that
takes writes is found, nothing runs or waits for long."""


AWAY_SECONDS = 0.5
"""How long after a connect that failed everybody is told so at once: a machine that does not answer costs a
process three seconds of its loop each time."""


_DONE = (TransactionStatus.IDLE, TransactionStatus.ACTIVE)
"""Nothing is under way, or the end of what only read (``Line.leave``)."""


class Connections:
    """At most ``size`` at a time. ``patience``: seconds somebody waits for a free one."""

    def __init__(self, conninfo: str, size: int, patience: float = 5.0) -> None:
        given = conninfo_to_dict(conninfo)
        self._conninfo = make_conninfo(**{**DEFAULTS, **given})
        self._patience = patience
        self._free = threading.BoundedSemaphore(size)
        self._turn = threading.Lock()
        self._idle: list[Line] = []
        self._closed = False
        self._away_until = 0.0

    def take(self) -> Line:
        """Lend a connection, an idle one if there is one. Raises :class:`StorageUnavailable`."""
        if not self._free.acquire(timeout=self._patience):
            raise StorageUnavailable
        with self._turn:
            idle = self._idle.pop() if self._idle else None
        try:
            return idle if idle is not None else self._connected()
        except BaseException:
            self._free.release()
            raise

    def anew(self, broken: Line) -> Line:
        """Give a new connection for one that does not work; the idle ones are suspected too.

        Raises :class:`StorageUnavailable`; then the broken one is still to be given back.
        """
        broken.close()
        with self._turn:
            suspected, self._idle = self._idle, []
        for one in suspected:
            one.close()
        return self._connected()

    def give_back(self, connection: Line) -> None:
        """Keep a connection for the next one, unless it is broken or in the middle of something."""
        is_good = not connection.closed and connection.pgconn.transaction_status in _DONE
        with self._turn:
            keep = is_good and not self._closed
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
        self._free.release()

    def asked(self, ask: Callable[[Line], T]) -> T:
        """Ask what may be asked twice and stands for itself; again where a connection was lost while idle.

        ``ask`` raises :class:`StorageUnavailable`, as does this.
        """
        connection = self.take()
        try:
            try:
                return ask(connection)
            except StorageUnavailable:
                if not connection.closed:
                    raise
                connection = self.anew(connection)
                return ask(connection)
        finally:
            self.give_back(connection)

    def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back."""
        with self._turn:
            self._closed, idle, self._idle = True, self._idle, []
        for one in idle:
            one.close()

    def _connected(self) -> Line:
        try:
            if time.monotonic() >= self._away_until:
                return Line.connect(self._conninfo, autocommit=True)
        except psycopg.OperationalError:
            self._away_until = time.monotonic() + AWAY_SECONDS
        raise StorageUnavailable
