"""A line says and hears what psycopg does, prepares what comes often, keeps PostgreSQL's words to itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from leaddesk.server.database.failures import StorageUnavailable, VersionConflict
from leaddesk.server.database.speaking import line as speaking
from leaddesk.server.database.speaking.line import OFTEN, Line
from leaddesk.server.database.statements import FEW, PostgresRows
from leaddesk.server.database.transactions import READ, WRITE, Transactions
from tests.support.postgres import Cluster

PREPARED = b"SELECT COUNT(*) FROM pg_prepared_statements"


@pytest.fixture
def line(cluster: Cluster) -> Iterator[Line]:
    with Line.connect(cluster.conninfo(), autocommit=True) as own:
        own.say(b"CREATE TEMPORARY TABLE thing (id bigint PRIMARY KEY, name text, bytes bytea)")
        yield own


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "Ünïcödé 'quoted' \\ \n ?"),
        ("text", ""),
        ("text", None),
        ("bigint", 0),
        ("bigint", -(2**63)),
        ("bigint", 2**63 - 1),
        ("bytea", bytes(range(256))),
        ("bytea", b""),
        ("bytea", None),
        ("text[]", ["a", None, "", "NULL", '{"}']),
        ("bigint[]", [1, None, 2**40]),
        ("bytea[]", [b"\0", None]),
        ("text[]", []),
        ("bigint[]", [None, None]),
    ],
)
def test_a_value_comes_back_as_it_went(line: Line, kind: str, value: Any) -> None:
    statement = f"SELECT $1::{kind}".encode()
    for _ in range(OFTEN + 2):  # said plainly first, prepared later
        assert line.ask(statement, (value,)) == [(value,)]


@pytest.mark.parametrize("value", ["a\0b", 2**63, 1.5, True, ["a", 1], ["a\0"], object()])
def test_what_has_no_form_is_refused_before_it_travels(line: Line, value: Any) -> None:
    with pytest.raises(psycopg.DataError):
        line.ask(b"SELECT $1::text", (value,))
    assert line.ask(b"SELECT 1", ()) == [(1,)]


def test_what_comes_often_is_prepared_once(line: Line) -> None:
    for number in range(OFTEN + 20):  # however large the numbers, and with gaps
        line.tell(b"INSERT INTO thing VALUES ($1, $2, $3)", (number**9, "x", b"y"))
    assert line.ask(PREPARED, ()) == [(1,)]
    for number in range(OFTEN + 20):
        line.ask(b"SELECT name FROM thing WHERE id = $1", (number,), prepared=False)
    assert line.ask(PREPARED, ()) == [(1,)]


def test_there_are_never_too_many_prepared(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "MOST_PREPARED", 3)
    for number in range(10):
        for _ in range(OFTEN + 2):
            assert line.ask(f"SELECT {number}".encode(), ()) == [(number,)]
        ((count,),) = line.ask(PREPARED, (), prepared=False)
        assert 1 <= count <= 3
        assert len(line._names) == count


def test_what_was_prepared_lasts_over_a_transaction_that_failed(line: Line) -> None:
    ask = b"SELECT $1::bigint"
    for _ in range(OFTEN + 1):
        line.ask(ask, (1,))
    line.say(b"BEGIN")
    with pytest.raises(errors.DivisionByZero):
        line.ask(b"SELECT 1 / $1::bigint", (0,))
    line.say(b"ROLLBACK")
    assert line.ask(ask, (2,)) == [(2,)] and line.ask(PREPARED, ()) == [(1,)]


def test_a_statement_the_database_has_lost_is_prepared_anew(line: Line) -> None:
    for _ in range(OFTEN + 1):
        line.ask(b"SELECT $1::bigint", (1,))
    line.say(b"DEALLOCATE ALL")
    with pytest.raises(psycopg.Error):
        line.ask(b"SELECT $1::bigint", (1,))
    for _ in range(OFTEN + 2):
        assert line.ask(b"SELECT $1::bigint", (1,)) == [(1,)]


def test_a_commit_after_a_failure_that_was_swallowed_is_no_commit(line: Line) -> None:
    line.say(b"BEGIN")
    with pytest.raises(errors.UndefinedTable):
        line.ask(b"SELECT * FROM nowhere", ())
    with pytest.raises(errors.InFailedSqlTransaction):
        line.end()


def test_errors_say_nothing_of_values(line: Line) -> None:
    line.tell(b"INSERT INTO thing VALUES ($1, $2, $3)", (1, "Ada", b""))
    with pytest.raises(errors.UniqueViolation) as failed:
        line.tell(b"INSERT INTO thing VALUES ($1, $2, $3)", (1, "Ada", b""))
    assert "Ada" not in repr(failed.value) + str(failed.value) and str(failed.value) == ""


def test_a_line_that_broke_says_so(line: Line) -> None:
    ((backend,),) = line.ask(b"SELECT pg_backend_pid()", ())
    with pytest.raises(psycopg.OperationalError):
        line.ask(b"SELECT pg_terminate_backend($1::int)", (str(backend),))
    assert line.closed
    rows = PostgresRows(line)
    with pytest.raises(StorageUnavailable):
        rows.select("SELECT 1")


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1, 200])
def test_many_rows_are_told_however_many(line: Line, count: int) -> None:
    rows = PostgresRows(line)
    insert = "INSERT INTO thing (id, name, bytes) VALUES (?, ?, ?)"
    rows.run_many(insert, ((number, f"100 % {number}", b"\0") for number in range(count)))
    assert rows.select("SELECT COUNT(*) FROM thing WHERE bytes = ?", (b"\0",)) == [(count,)]
    assert rows.run("UPDATE thing SET name = ? WHERE id >= ?", ("y", 0)) == count
    if count:
        with pytest.raises(VersionConflict):
            rows.run_many(insert, [(0, "x", b"")] * min(count, FEW + 1))


def test_what_has_only_read_is_left_without_a_wait_and_its_end_is_heard_by_the_next(cluster: Cluster) -> None:
    own = Transactions(cluster.conninfo(), 1)
    seen = b"SELECT state, query FROM pg_stat_activity WHERE pid = $1::int"
    with Line.connect(cluster.conninfo(), autocommit=True) as other:
        for number in range(OFTEN + 3):
            with own.within(READ, writes=False) as rows:
                ((backend, told),) = rows.select("SELECT pg_backend_pid(), ?::bigint", (number,))
                assert told == number
            until = time.monotonic() + 60
            while other.ask(seen, (str(backend),)) != [("idle", "COMMIT")]:
                assert time.monotonic() < until
        with own.within(WRITE) as rows:
            assert rows.select("SELECT pg_backend_pid()") == [(backend,)]  # it was kept
        other.ask(b"SELECT pg_terminate_backend($1::int)", (str(backend),))
        with own.within(READ, writes=False) as rows:
            assert rows.select("SELECT pg_backend_pid()") != [(backend,)]
    own.close()
