"""An append is one statement, prepared once; whoever expects another version appends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import VersionConflict
from leaddesk.server.keys.opening import keys_in_memory
from tests.support import postgres
from tests.support.postgres import Cluster

A = TenantId("a")
STAMP = Stamp("2026-01-01T00:00:00.000Z", Urn("urn:x"), "k")


@pytest.fixture
def log(cluster: Cluster) -> Iterator[TenantLog]:
    with postgres.stored(cluster) as storage:
        yield EventLog(storage, keys_in_memory()).for_tenant(Scope(A))


def notes(count: int) -> list[NoteAdded]:
    return [NoteAdded(f"n-{number}", "Text", True) for number in range(count)]  # type: ignore[arg-type]


def test_an_append_costs_one_way_to_the_database(log: TenantLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginning takes and tells the head; then events and head are one statement, whatever their number."""
    asked = list[bytes]()

    def counted(way: Any) -> Any:
        return lambda line, *said: (asked.append(said[0] if said else b"COMMIT"), way(line, *said))[1]

    for first, count in ((0, 1), (1, 3), (4, 1)):
        for name in ("ask", "tell", "say", "end"):
            monkeypatch.setattr(Line, name, counted(getattr(Line, name)))
        with log.writing() as unit:
            recorded = unit.append("x", first, notes(count), STAMP)
        monkeypatch.undo()
        begin, append, commit = asked
        assert begin.startswith(b"BEGIN") and append.startswith(b"WITH told") and commit == b"COMMIT"
        assert [one.position for one in recorded] == list(range(first + 1, first + count + 1))
        asked.clear()
    with log.reading() as unit:
        assert unit.head()[0] == 5 and len(unit.stream("x")) == 5


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_whoever_expects_another_version_appends_nothing(log: TenantLog, expected: int) -> None:
    with log.writing() as unit:
        unit.append("x", 0, notes(2), STAMP)
    with pytest.raises(VersionConflict), log.writing() as unit:
        unit.append("x", expected, notes(1), STAMP)
    with log.reading() as unit:
        assert (unit.head()[0], unit.version_of("x")) == (2, 2)


def test_several_appends_of_one_transaction_follow_each_other(log: TenantLog) -> None:
    with log.writing() as unit:
        for name in ("x", "y", "x"):
            unit.append(name, unit.version_of(name), notes(1), STAMP)
        assert unit.head()[0] == 3
    with log.reading() as unit:
        links = unit.select("SELECT chain FROM event WHERE tenant_id = ? ORDER BY position")
        assert unit.head() == (3, links[-1][0])


def test_a_reader_knows_the_head_when_it_has_begun(log: TenantLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is the head of the moment it reads, whatever is appended meanwhile."""
    with log.writing() as unit:
        unit.append("x", 0, notes(2), STAMP)
    asked, select = list[str](), PostgresRows.select

    def counted(self: PostgresRows, query: str, *rest: Any) -> list[tuple[Any, ...]]:
        asked.append(query)
        return select(self, query, *rest)

    monkeypatch.setattr(PostgresRows, "select", counted)
    with log.reading() as unit:
        with log.writing() as other:
            other.append("x", 2, notes(1), STAMP)
        asked.clear()
        assert unit.head()[0] == 2 and asked == []
        assert len(unit.stream("x")) == 2
    with log.reading() as unit:
        assert unit.head()[0] == 3
