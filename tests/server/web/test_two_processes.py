"""Two server processes on one database and one key store are one server: people, sessions, keys, news."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import LeadId, TenantId
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.storage.recent import SECONDS
from leaddesk.server.identity.throttle import FREE_ATTEMPTS
from leaddesk.server.keys.custody.master import master_from_file
from leaddesk.server.keys.opening import keys_in_databases
from tests.server.operations.test_settings import FIRST, written
from tests.support.deployed import enter_leads
from tests.support.postgres import Cluster
from tests.support.processes import Running, Tokens, configuration, new_key, two_processes

EMAIL, PASSWORD = FIRST["email"], FIRST["password"]
PATIENCE = 60.0


@dataclass
class Place:
    """Both servers, who is signed in, and the log as a third process has it."""

    here: Running
    there: Running
    ada: Tokens
    log: EventLog

    @property
    def tenant(self) -> TenantId:
        return TenantId(self.here.get("/me", self.ada).json()["tenant"]["tenantId"])

    def sign_in(self) -> Tokens:
        return self.here.sign_in(EMAIL, PASSWORD)

    def leads(self, count: int) -> list[LeadId]:
        """Enter leads."""
        return enter_leads(self.log, self.tenant, count)


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, name = tmp_path_factory.mktemp("two"), cluster.database()
    conninfo = cluster.conninfo(name, "leaddesk_app")
    key_stores = cluster.key_stores()
    config = configuration(folder, conninfo, key_stores, written(folder / "first.toml"))
    with two_processes(folder, config) as (here, there):
        storage = PostgresStorage(conninfo)
        epochs = folder / "e1", folder / "e2"
        keys = keys_in_databases(master_from_file(folder / "master.key"), *key_stores, epochs)
        yield Place(here, there, here.sign_in(EMAIL, PASSWORD), EventLog(storage, keys))
        storage.close()
        keys.store.close()
    cluster.take_back(name)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [one.result() for one in [threads.submit(run, work) for work in works]]


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < until
        pause.wait(0.02)


def test_both_know_the_one_tenant_that_came_first(place: Place) -> None:
    assert place.here.get("/me", place.ada).json() == place.there.get("/me", place.ada).json()
    members = place.there.get("/members", place.ada).json()
    assert [one["name"] for one in members if ":member:" in one["urn"]] == [FIRST["name"]]
    assert len(place.log.scopes()) == 1


def test_signed_in_here_one_works_there(place: Place) -> None:
    code = place.here.code(EMAIL, PASSWORD).json()["authorization_code"]
    ada = place.there.redeem(code)
    assert ada is not None
    (lead_id,) = place.leads(1)
    assert place.there.post(f"/leads/{lead_id}/notes", ada, text="x", intern=True).status_code == 201
    assert [note["text"] for note in place.here.get(f"/leads/{lead_id}/notes", ada).json()] == ["x"]
    assert place.here.redeem(code) is None, "a second use"
    eventually(lambda: place.there.get("/me", ada).status_code == 401)


def test_a_token_is_renewed_at_either_and_a_lost_answer_survives_at_the_other(place: Place) -> None:
    tokens = place.sign_in()
    for number, server in enumerate((place.there, place.here, place.there)):
        lost = place.here.refresh(tokens.refresh, f"rotation-{number}")
        answer = server.refresh(tokens.refresh, f"rotation-{number}")
        assert lost is not None and answer is not None and answer.refresh == lost.refresh != tokens.refresh
        tokens = answer
        assert place.there.get("/me", tokens).status_code == place.here.get("/me", tokens).status_code == 200


def test_one_token_at_both_at_the_same_moment_has_one_successor(place: Place) -> None:
    tokens = place.sign_in()
    for number in range(10):
        servers = (place.here, place.there, place.here, place.there)
        asking = [partial(server.refresh, tokens.refresh, f"rotation-{number}") for server in servers]
        found = at_once(*asking)
        assert None not in found and len({one.refresh for one in found}) == 1
        tokens = found[number % 4]
        assert place.here.get("/me", tokens).status_code == 200
    assert place.there.refresh(tokens.refresh, "last") is not None


def test_two_that_renew_one_token_as_thieves_do_end_the_session_at_both(place: Place) -> None:
    tokens = place.sign_in()
    both = (place.here, "mine"), (place.there, "theirs")
    found = at_once(*(partial(server.refresh, tokens.refresh, whose) for server, whose in both))
    assert found.count(None) == 1
    (grant,) = (one for one in found if one is not None)
    for server in (place.here, place.there):
        assert server.get("/me", grant).status_code == 401
        assert server.refresh(grant.refresh, "next") is None
        eventually(lambda: server.get("/me", tokens).status_code == 401)  # noqa: B023


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_signed_out_here_one_is_out_there(place: Place, kind: str) -> None:
    tokens = place.sign_in()
    assert place.there.get("/me", tokens).status_code == 200
    place.here.revoke(getattr(tokens, kind))
    assert place.here.get("/me", tokens).status_code == 401
    assert place.there.refresh(tokens.refresh, "late") is None
    eventually(lambda: place.there.get("/me", tokens).status_code == 401)
    assert SECONDS == 2.0, "the time that docs/operations.md names"


def test_a_stream_there_ends_when_its_session_is_ended_here(place: Place) -> None:
    tokens = place.sign_in()
    headers = {"authorization": f"Bearer {tokens.access}"}
    with place.there.client.stream("GET", "/events", headers=headers, timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("id:")
        place.here.revoke(tokens.refresh)
        assert not any("reset" in line for line in lines), "it ends"


def test_attempts_are_counted_by_both_together(place: Place) -> None:
    servers = [place.here, place.there] * 5
    codes = [server.code("nobody@x.example", "wrong password").status_code for server in servers]
    assert codes == [401] * FREE_ATTEMPTS + [429] * (len(servers) - FREE_ATTEMPTS)


def test_an_api_key_made_here_works_there_until_it_is_revoked_here(place: Place) -> None:
    made = place.here.post("/api-keys", place.ada, name="Web", rights=["lead.read"]).json()
    assert place.there.get("/test", made["key"]).status_code == 200
    headers = {"authorization": f"Bearer {place.ada.access}", "idempotency-key": new_key()}
    assert place.here.client.delete(f"/api-keys/{made['keyId']}", headers=headers).status_code == 204
    assert place.here.get("/test", made["key"]).status_code == 401
    eventually(lambda: place.there.get("/test", made["key"]).status_code == 401)


def test_a_key_that_was_used_here_is_known_there(place: Place) -> None:
    (lead_id,), key = place.leads(1), new_key()
    path = f"/leads/{lead_id}/notes"
    first = place.here.post(path, place.ada, key, text="x", intern=True)
    repeated = place.there.post(path, place.ada, key, text="x", intern=True)
    assert first.json() == repeated.json() and first.status_code == repeated.status_code == 201
    assert place.there.post(path, place.ada, key, text="y", intern=True).status_code == 422
    assert len(place.there.get(path, place.ada).json()) == 1


def test_a_page_that_began_here_continues_there(place: Place) -> None:
    place.leads(5)
    total = int(place.here.get("/leads", place.ada, maxResults=1).headers["x-total"])
    begun = place.here.get("/leads", place.ada, maxResults=3)
    at = begun.headers["x-continuation"]
    rest = place.there.get("/leads", place.ada, maxResults=3, continuation=at)
    ids = {row["lead"]["leadId"] for row in (*begun.json(), *rest.json())}
    assert total >= 5 and len(ids) == min(total, 6)


def test_what_is_done_here_is_told_there(place: Place) -> None:
    (lead_id,) = place.leads(1)
    headers = {"authorization": f"Bearer {place.ada.access}"}
    with place.there.client.stream("GET", "/events", headers=headers, timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert place.here.post(f"/leads/{lead_id}/notes", place.ada, text="x", intern=True).status_code == 201
        assert any(lead_id in line for line in lines)


def test_both_at_once_leave_one_history_without_gaps(place: Place) -> None:
    leads = place.leads(4)

    def write(server: Running) -> list[int]:
        return [
            server.post(f"/leads/{leads[number % 4]}/notes", place.ada, text="x", intern=True).status_code
            for number in range(20)
        ]

    found = at_once(partial(write, place.here), partial(write, place.there))
    assert {code for codes in found for code in codes} == {201}
    with place.log.for_tenant(Scope(place.tenant)).reading() as unit:
        rows = unit.select("SELECT position FROM event WHERE tenant_id = ? ORDER BY position")
        notes = unit.select(
            "SELECT COUNT(*) FROM event WHERE tenant_id = ? AND kind = 'NoteAdded'"
            f" AND stream_id IN ({', '.join('?' * 4)})",
            *leads,
        )
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1)) and notes == [(40,)]


def test_a_process_that_is_killed_takes_no_session_along(place: Place) -> None:
    """Every answer that arrived counts, at the other and at itself when it is back."""
    tokens = [place.sign_in() for _ in range(3)]
    renewed = [place.here.refresh(one.refresh, "before") for one in tokens]
    place.here.again()
    for old, new in zip(tokens, renewed, strict=True):
        assert new is not None
        repeated = place.there.refresh(old.refresh, "before")
        assert repeated is not None and repeated.refresh == new.refresh, "the answer may have been lost"
        assert place.there.get("/me", new).status_code == place.here.get("/me", new).status_code == 200
        assert place.here.refresh(new.refresh, "after") is not None


def test_killed_in_the_middle_of_renewals_it_loses_none(place: Place) -> None:
    """A client at each session renews without end, asking the other server when one does not answer."""
    over, starting, failed = threading.Event(), threading.Event(), list[str]()
    done = [0] * 4

    def client(number: int) -> None:
        try:
            renew(number)
        except BaseException as failure:
            failed.append("".join(traceback.format_exception(failure)))

    def renew(number: int) -> None:
        tokens, rotation = place.there.sign_in(EMAIL, PASSWORD), 0
        while not over.is_set():
            rotation += 1
            for server in (place.here, place.there, place.there):
                try:
                    answer = server.refresh(tokens.refresh, f"{number}-{rotation}")
                except (httpx.HTTPError, RuntimeError):  # killed before, in the middle, or its client closed
                    continue
                if answer is None:
                    failed.append("a session was lost")
                    return
                tokens = answer
                if place.there.get("/me", tokens).status_code != 200:
                    failed.append("an access token was lost")
                done[number] += 1
                break
            if starting.is_set():
                over.wait(0.05)  # renews on, and leaves the server that starts some of the processor

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(done))]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            before = min(done)
            eventually(lambda: min(done) > before + 2 or bool(failed))  # noqa: B023
            place.here.again(starting.set)
            starting.clear()
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert failed == [] and min(done) > 6
