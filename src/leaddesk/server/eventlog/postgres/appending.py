"""An append as one statement: events and head, if the stream stands where it is expected to."""

from collections.abc import Sequence
from typing import Any

from leaddesk.server.database.failures import Value
from leaddesk.server.database.statements import PostgresRows, spoken, translated
from leaddesk.server.eventlog.storage import Append, VersionConflict

_COLUMNS = "position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload"
_KINDS = ("bigint", "text", "bigint", *["text"] * 6, "bytea", "bytea")
_POSITION, _STREAM, _CHAIN = "$2", "$3", "$11"
_STANDS = (
    "(SELECT COALESCE(MAX(v.version), 0) FROM event v WHERE v.tenant_id = $1 AND v.stream_id = {stream})"
    " = {expected}"
)


def _places(array: str) -> str:
    return ", ".join(f"${number}::{kind}{array}" for number, kind in enumerate(_KINDS, start=2))


ONE = (
    f"WITH told AS (INSERT INTO event (tenant_id, {_COLUMNS}) SELECT $1, {_places('')}"  # noqa: S608
    f" WHERE {_STANDS.format(stream=_STREAM, expected='$13')} RETURNING 1), moved AS ("
    f"UPDATE tenant_head SET position = {_POSITION}, chain = {_CHAIN}"
    " WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM told)) SELECT COUNT(*) FROM told"
).encode()
"""Of one event, behind others: tenant, the event's columns, the version before."""
SEVERAL = (
    f"WITH told AS (INSERT INTO event (tenant_id, {_COLUMNS})"  # noqa: S608 - constant text
    f" SELECT $1, {_COLUMNS} FROM unnest({_places('[]')}) AS e ({_COLUMNS})"
    f" WHERE {_STANDS.format(stream='$13', expected='$14')}"
    " RETURNING 1), moved AS (INSERT INTO tenant_head (tenant_id, position, chain)"
    " SELECT $1, $15, $16 WHERE EXISTS (SELECT 1 FROM told)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, chain = excluded.chain)"
    " SELECT COUNT(*) FROM told"
).encode()
"""However many: constant texts both, prepared once a connection."""


def said(what: Append) -> tuple[bytes, Sequence[Any]]:
    """Return the statement of an append and what its places stand for."""
    first = what.events[0]
    if len(what.events) == 1 and first[1] != 1:
        return ONE, (*first, what.expected)
    columns = [list(column) for column in zip(*(row[1:] for row in what.events), strict=True)]
    return SEVERAL, [what.tenant, *columns, what.stream_id, what.expected, *what.head]


class PostgresLogRows(PostgresRows):
    """Statements inside a transaction on the log."""

    def search(self, sql: str, params: Sequence[Value]) -> list[tuple[Any, ...]]:
        """Return all rows; planned each time, for a prepared statement may keep the plan of other values."""
        with translated():
            return self.connection.ask(spoken(sql), params, prepared=False)

    def append(self, what: Append) -> None:
        """Append. Raises ``VersionConflict``."""
        with translated():
            ((count,),) = self.connection.ask(*said(what))
        if count != len(what.events):
            raise VersionConflict
