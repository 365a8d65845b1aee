"""The databases that tests of the server run on; a conftest imports these fixtures and the hook by name.

Chosen modules run on both. ``STORAGE_OF_TESTS=postgresql`` runs all of them on PostgreSQL.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import KeyHouse

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

MEMORY, POSTGRESQL = "memory", "postgresql"
BOTH = (MEMORY, POSTGRESQL) if sys.platform == "linux" else (MEMORY,)
"""PostgreSQL is started by tests on Linux only, where the server runs."""
EVERYWHERE = os.environ.get("STORAGE_OF_TESTS", MEMORY)
ON_BOTH = {
    "test_log",
    "test_idempotency",
    "test_races",
    "test_restored",
    "test_large_erasure",
    "test_turn",
    "test_orders",
    "test_whole_job",
    "test_short_lists",
    "test_totals",
    "test_behaviour",
    "test_facade",
    "test_sessions",
    "test_rotation_storms",
    "test_together",
    "test_signing",
    "test_entrance",
    "test_tenant",
    "test_under_way",
    "test_coming_in",
}
"""Modules of ``make test`` that run on PostgreSQL as well: streams, races, leases, the whole job, keyset
pages, operators' orders, the contract suite."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a storage on one database or on both."""
    if "backend" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        both = BOTH if module in ON_BOTH else (MEMORY,)
        metafunc.parametrize("backend", both if EVERYWHERE == MEMORY else (EVERYWHERE,))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give a PostgreSQL of this process's own, started when it is first asked for."""
    from tests.support import postgres

    with postgres.cluster() as running:
        yield running


@pytest.fixture
def storage(backend: str, request: pytest.FixtureRequest) -> Iterator[Storage]:
    """Give a database without rows."""
    if backend == POSTGRESQL:
        from tests.support import postgres

        with postgres.stored(request.getfixturevalue("cluster")) as stored:
            yield stored
        return
    memory = MemoryStorage()
    yield memory
    memory.close()


@pytest.fixture
def books(backend: str, request: pytest.FixtureRequest) -> Iterator[Books]:
    """Give identity's tables without rows."""
    if backend == POSTGRESQL:
        from tests.support import postgres

        with postgres.stored(request.getfixturevalue("cluster")) as stored:
            own = books_beside(stored, keys_in_memory())
            yield own
            own.storage.close()
        return
    memory = Books()
    yield memory
    memory.storage.close()


def books_beside(storage: Storage, keys: KeyHouse) -> Books:
    """Open identity's tables where the log lies: in its PostgreSQL, or in memory too."""
    conninfo = getattr(storage, "conninfo", None)
    if conninfo is None:
        return Books(None, keys)
    from leaddesk.server.identity.storage.postgres import PostgresIdentity

    return Books(PostgresIdentity(conninfo), keys)
