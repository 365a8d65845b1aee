"""No statement reaches the database without its tenant (measure A1)."""

import pytest

from leaddesk.server.eventlog.log import scoped
from leaddesk.server.eventlog.schema import INSERT_EVENT


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT doc FROM lead WHERE tenant_id = ? AND id = ?",
        "SELECT l.doc FROM lead l LEFT JOIN event e ON l.doc IS NULL WHERE l.tenant_id = ?",
        "UPDATE event SET payload = NULL WHERE tenant_id = ? AND stream_id = ?",
        INSERT_EVENT,
    ],
)
def test_scoped_statements_pass(sql: str) -> None:
    assert scoped(sql) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT doc FROM lead WHERE id = ?",
        "SELECT doc FROM lead WHERE id = ? AND tenant_id = ?",
        "SELECT doc FROM lead WHERE tenant_id <> ?",
        "UPDATE lead SET step = ? WHERE tenant_id = ?",
        "INSERT INTO lead (id, tenant_id) VALUES (?, ?)",
        "DELETE FROM lead",
        "SELECT doc FROM lead",
    ],
)
def test_others_are_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        scoped(sql)
