"""PostgreSQL dies under renewals: what answer arrived still counts, and no session is lost (S3 in small)."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.postgres import PostgresIdentity
from leaddesk.server.identity.tokens.sessions import Sessions
from leaddesk.server.keys.opening import keys_in_memory
from tests.support import postgres
from tests.support.postgres import Cluster

TENANT = TenantId("t")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
CLIENTS, PATIENCE = 6, 60.0


@pytest.fixture(scope="module")
def mortal() -> Iterator[Cluster]:
    """A cluster that is killed and started again, with the settings that survive it."""
    with postgres.cluster(**DURABLE) as running:
        yield running


def clock() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


class Client:
    """Renews one session again and again; asks the same question until there is an answer."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.answers = 0
        self.was_refused = False
        self._token = sessions.open(TENANT, MemberId("m")).refresh.reveal()

    def run(self, over: threading.Event) -> None:
        while not over.is_set() and not self.was_refused:
            rotation = f"rotation-{self.answers}"
            try:
                grant = self._sessions.rotate(self._token, rotation)
                # Kept before it is used, as the contract asks: a use whose answer is lost may have counted.
                self._token, self.answers = grant.refresh.reveal(), self.answers + 1
                if self._sessions.use(grant.access.reveal()) is None:
                    self.was_refused = True
            except StorageUnavailable:
                time.sleep(0.02)
            except InvalidGrant:
                self.was_refused = True


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL])
def test_no_session_is_lost_when_postgresql_dies_under_renewals(mortal: Cluster, how: signal.Signals) -> None:
    name = mortal.database()
    keys = keys_in_memory()
    storages = [PostgresIdentity(mortal.conninfo(name, APPLICATION)) for _ in range(2)]
    sessions = [Sessions(clock, Books(storage, keys)) for storage in storages]
    clients, over = [Client(sessions[number % 2]) for number in range(CLIENTS)], threading.Event()
    threads = [threading.Thread(target=client.run, args=(over,)) for client in clients]
    for thread in threads:
        thread.start()
    wait_for(clients, 10)
    mortal.stop(how)
    mortal.start()
    wait_for(clients, max(client.answers for client in clients) + 10)
    over.set()
    for thread in threads:
        thread.join(PATIENCE)
    for storage in storages:
        storage.close()
    assert not any(client.was_refused for client in clients)
    mortal.take_back(name)


def wait_for(clients: list[Client], count: int) -> None:
    until = time.monotonic() + PATIENCE
    while min(client.answers for client in clients) < count and not any(one.was_refused for one in clients):
        assert time.monotonic() < until
        time.sleep(0.02)
