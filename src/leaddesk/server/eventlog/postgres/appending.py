"""An append as one statement: events and head, if the stream stands where it is expected to."""

from collections.abc import Sequence
from typing import Any

from leaddesk.server.database.failures import Value
from leaddesk.server.database.statements import PostgresRows, spoken, translated
from leaddesk.server.eventlog.storage import Append, VersionConflict

_COLUMNS = "position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload"
_KINDS = ("bigint", "text", "bigint", *["text"] * 6, "bytea", "bytea")
_ARRAYS = ", ".join(f"?::{kind}[]" for kind in _KINDS)
APPEND = (
    f"WITH told AS (INSERT INTO event (tenant_id, {_COLUMNS})"  # noqa: S608 - constant text
    f" SELECT ?, {_COLUMNS} FROM unnest({_ARRAYS}) AS e ({_COLUMNS})"
    " WHERE (SELECT COALESCE(MAX(v.version), 0) FROM event v WHERE v.tenant_id = ? AND v.stream_id = ?) = ?"
    " RETURNING 1), moved AS (INSERT INTO tenant_head (tenant_id, position, chain)"
    " SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM told)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, chain = excluded.chain)"
    " SELECT COUNT(*) FROM told"
)
"""A constant text, however many events: prepared once a connection."""


def parameters(what: Append) -> list[Any]:
    """Return what the statement's placeholders stand for."""
    columns = [list(column) for column in zip(*(row[1:] for row in what.events), strict=True)]
    stream = (what.tenant, what.stream_id, what.expected)
    return [what.tenant, *columns, *stream, what.tenant, *what.head]


class PostgresLogRows(PostgresRows):
    """Statements inside a transaction on the log."""

    def search(self, sql: str, params: Sequence[Value]) -> list[tuple[Any, ...]]:
        """Return all rows; planned each time, for a prepared statement may keep the plan of other values."""
        with translated():
            return self.connection.execute(spoken(sql), params, binary=True, prepare=False).fetchall()

    def append(self, what: Append) -> None:
        """Append. Raises ``VersionConflict``."""
        ((count,),) = self.select(APPEND, parameters(what))
        if count != len(what.events):
            raise VersionConflict
