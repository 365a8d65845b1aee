"""Leads drawn by a second process are those the server draws itself, and the process leaves no trace."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.commands.office import Office
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.bulk import Linked
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.places import lead_place
from leaddesk.server.keys.port import lead_key
from leaddesk.server.seed import ahead
from leaddesk.server.seed.ahead import Counter, drawn_ahead
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source, linked
from tests.support import thief

BASE = datetime(2026, 11, 19, 13, 42, tzinfo=UTC)
TENANTS = ("wagner", "solar-nord", "lorenzen")
LEADS = 2_500
EVENTS = (
    "SELECT position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload FROM event"
    " WHERE tenant_id = ? ORDER BY position"
)
OWN = "SELECT id FROM lead WHERE tenant_id = ? AND form_id IS NOT NULL"


@pytest.fixture
def population() -> Population:
    return Population(LEADS, clock=lambda: BASE)


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Fork whatever else runs among the tests; collects the children's ids."""
    children: list[int] = []
    fork = os.fork

    def noted() -> int:
        child = fork()
        children.append(child)
        return child

    monkeypatch.setattr(ahead, "_worth", lambda _population: True)
    monkeypatch.setattr(os, "fork", noted)
    return children


def all_of(source: Source) -> list[Linked]:
    """Take everything for logs that stand somewhere, each batch behind the one before."""
    taken = []
    for number, tenant in enumerate(TENANTS):
        position, link = 100 * number, bytes([number]) * 32
        for batch in source(tenant, position, link):
            check_places(batch, position, link)
            position, link = batch.position, batch.link
            taken.append(batch)
    return taken


def check_places(batch: Linked, position: int, link: bytes) -> None:
    for event in batch.events:
        at, *_, key_id, chained, payload = event
        position += 1
        assert at == position
        link = chain.link(link, chain.columns(event[:8], key_id), payload)  # type: ignore[arg-type]
        assert link == chained
    assert (position, link) == (batch.position, batch.link)
    first = {event[1]: event[0] for event in batch.events if event[2] == 1}
    assert [row[-2] for row in batch.leads] == [first[row[0]] for row in batch.leads]


def expected(population: Population) -> list[Linked]:
    return all_of(partial(linked, population))


def plain(drawn: list[Linked]) -> list[object]:
    """Open everything with the keys that came with it; where batches begin and end is of no interest."""
    found: list[object] = []
    for batch in drawn:
        key_of: dict[Any, bytes] = dict(batch.keys)
        assert len(key_of) == len(batch.leads) == len({*key_of.values()})
        for row in (*batch.events, *batch.leads):
            *shown, sealed = row
            key_id = next(value for value in shown if value in key_of)
            assert isinstance(sealed, bytes)
            without_link = [value for value in shown if not isinstance(value, bytes)]
            found.append((without_link, thief.opened(key_of[key_id], sealed)))
    return sorted(found, key=repr)


def assert_gone(children: list[int]) -> None:
    assert len(children) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


def test_what_is_drawn_ahead_is_what_would_be_drawn_here(population: Population, forked: list[int]) -> None:
    with drawn_ahead(population) as source:
        drawn = all_of(source)
    assert plain(drawn) == plain(expected(population))
    assert_gone(forked)


def test_the_stored_population_is_the_same_to_the_byte(population: Population, forked: list[int]) -> None:
    def stored(source: Source) -> list[tuple[object, ...]]:
        storage = MemoryStorage()
        office = Office(EventLog(storage, keys_in_memory()), lambda: BASE)
        plant(office, population, source)
        found: list[tuple[object, ...]] = []
        for scope in office.log.scopes():
            with office.log.for_tenant(scope).reading() as unit:
                for lead_id, key_id, doc, position in unit.select(
                    "SELECT id, key_id, doc, position FROM lead WHERE tenant_id = ? AND form_id IS NOT NULL"
                    " ORDER BY id"
                ):
                    plain = unit.keys.open(unit.tenant, key_id, doc, lead_place(lead_id))
                    found.append((scope.tenant, lead_id, plain, position, unit.stream(lead_id)))
        return found

    with drawn_ahead(population) as source:
        assert stored(source) == stored(partial(linked, population))


def test_each_lead_is_in_log_and_table_and_its_own_key_in_both_mirrors(
    population: Population, forked: list[int]
) -> None:
    storage, keys = MemoryStorage(), keys_in_memory()
    office = Office(EventLog(storage, keys), lambda: BASE)
    with drawn_ahead(population) as source:
        plant(office, population, source)
    mirrors = [mirror.reading() for mirror in keys.store.mirrors]
    with mirrors[0] as first, mirrors[1] as second:
        stored = {key[:2]: key[3] for key in first.everything()}
        assert stored == {key[:2]: key[3] for key in second.everything()}
    drawn = {(tenant, lead_key(lead_id)) for tenant, lead_id in leads_of(office)}
    assert len(drawn) == LEADS + 180 + 60
    assert drawn <= stored.keys()
    opened = {name: keys.data_keys(name[0], [name[1]])[name[1]] for name in drawn}
    assert len({*opened.values()}) == len(drawn)


def leads_of(office: Office) -> Iterator[tuple[TenantId, str]]:
    """Give the tenants' own leads after holding log against table, and the log against its chain."""
    for scope in office.log.scopes():
        with office.log.for_tenant(scope).reading() as unit:
            link = chain.genesis(unit.log_id, unit.tenant)
            created = set()
            for *facts, key_id, chained, payload in unit.select(EVENTS):
                link = chain.link(link, chain.columns(tuple(facts), key_id), payload)
                assert link == chained
                created |= {facts[1]} if facts[3] == "LeadCreated" else set()
            assert unit.head()[1] == link
            found = {lead_id for (lead_id,) in unit.select(OWN)}
            assert found == created
            yield from ((scope.tenant, lead_id) for lead_id in found)


@pytest.mark.warns("leaddesk.server.seed.ahead")
@pytest.mark.parametrize("sent", [0, 3])
def test_what_a_failing_child_does_not_send_is_drawn_here(
    population: Population, forked: list[int], sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = Counter.put, iter(range(1_000))

    def failing(counter: Counter, batch: Linked) -> None:
        if next(calls) == sent:
            raise OSError
        put(counter, batch)

    monkeypatch.setattr(Counter, "put", failing)
    with drawn_ahead(population) as source:
        drawn = all_of(source)
    assert plain(drawn) == plain(expected(population))
    assert_gone(forked)


def test_a_batch_waits_for_a_free_place(
    population: Population, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_PLACES", 2)
    monkeypatch.setattr(ahead, "_BACKLOG", 3)
    with drawn_ahead(population) as source:
        drawn = all_of(source)
    assert len(drawn) > 2
    assert plain(drawn) == plain(expected(population))


@pytest.mark.warns("leaddesk.server.seed.ahead")
def test_a_batch_without_room_is_drawn_here(
    population: Population, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_PLACE", 350_000)
    with drawn_ahead(population) as source:
        assert plain(all_of(source)) == plain(expected(population))
    assert_gone(forked)


def test_a_server_that_fails_leaves_no_child(population: Population, forked: list[int]) -> None:
    with pytest.raises(KeyboardInterrupt), drawn_ahead(population) as source:
        next(source("wagner", 0, bytes(32)))
        raise KeyboardInterrupt
    assert_gone(forked)


def test_without_room_for_a_process_all_is_drawn_here(
    population: Population, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    with drawn_ahead(population) as source:
        assert plain(all_of(source)) == plain(expected(population))
    assert forked == []
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_few_leads_are_drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork", raising=False)
    with drawn_ahead(Population(100, clock=lambda: BASE)) as source:
        assert sum(len(batch.leads) for batch in all_of(source)) == 100 + 180 + 60


def test_drawing_needs_neither_models_nor_a_loop_nor_a_database() -> None:
    program = (
        "import sys, leaddesk.server.run, leaddesk.server.seed.ahead; from datetime import UTC, datetime;"
        "from leaddesk.server.seed.population import Population;"
        "from leaddesk.server.seed.stored import batches;"
        "next(batches(Population(200, clock=lambda: datetime.now(UTC)), 'wagner'));"
        "print([name for name in ('pydantic', 'asyncio', 'sqlite3', 'starlette') if name in sys.modules])"
    )
    command = [sys.executable, "-B", "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_child_dies_with_a_killed_server() -> None:
    program = (
        "import leaddesk.server.seed.ahead as ahead; from leaddesk.server.run import run_child;"
        "ahead._worth = lambda _population: True; run_child(400_000)"
    )
    command = [sys.executable, "-B", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        child = _child_of(server.pid)
        server.send_signal(signal.SIGKILL)
        server.wait()
        deadline = time.monotonic() + 60
        while _lives(child):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def _child_of(pid: int) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("nothing was drawn ahead")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
