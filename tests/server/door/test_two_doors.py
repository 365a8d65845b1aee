"""Two servers on one PostgreSQL, a door each: either carries orders out, one works, the other takes over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leaddesk.server.eventlog.postgres.walls import APPLICATION
from tests.server.door.test_as_a_process import WHY, typed
from tests.server.operations.test_settings import written
from tests.support.postgres import Cluster
from tests.support.processes import Running, configuration

PATIENCE = 45.0


@pytest.fixture
def servers(tmp_path: Path, cluster: Cluster) -> Iterator[dict[str, Running]]:
    """Two processes by the name of their socket."""
    name, first = cluster.database(), written(tmp_path / "first.toml")
    config = configuration(tmp_path, cluster.conninfo(name, APPLICATION), cluster.key_stores(), first)
    (tmp_path / "run").mkdir(0o700)
    started: dict[str, Running] = {}
    try:
        for door in ("one", "two"):
            place = f'[operator]\nsocket = "{tmp_path}/run/{door}"\n'
            started[door] = Running(tmp_path, config + place)
        for server in started.values():
            server.ready()
        yield started
    finally:
        for server in started.values():
            if server.process.poll() is None:
                server.kill()
        cluster.take_back(name)


def told(tmp_path: Path, door: str, *words: str) -> dict[str, Any]:
    """Give an order at one of the doors."""
    said: dict[str, Any] = json.loads(typed(tmp_path, *words, "--socket", f"{tmp_path}/run/{door}", "--json"))
    assert said.pop("outcome") == "done"
    return said


def works(tmp_path: Path, *doors: str) -> list[str]:
    return [door for door in doors if told(tmp_path, door, "status")["works"]]


def test_either_takes_orders_and_one_does_the_work(tmp_path: Path, servers: dict[str, Running]) -> None:
    (first,) = works(tmp_path, "one", "two")
    second = "two" if first == "one" else "one"
    made = told(tmp_path, second, "create-tenant", "Zweite GmbH", "bo@zwei.example", *WHY)
    bo = servers[first].sign_in("bo@zwei.example", made["password"])
    assert told(tmp_path, second, "turn-epoch")["keys"] > 0
    assert told(tmp_path, first, "turn-epoch")["keys"] > 0
    assert [servers[door].get("/me", bo).status_code for door in servers] == [200, 200]
    code = told(tmp_path, second, "delete-tenant", made["tenant"], *WHY)["code"]
    confirm = ("delete-tenant", made["tenant"], "--confirm", code)
    at_first = ("--socket", f"{tmp_path}/run/{first}")
    assert "nothing waits for this code" in typed(tmp_path, *confirm, *at_first, code=1)
    assert told(tmp_path, second, *confirm)["erased"]
    assert servers[second].get("/me", bo).status_code == 401
    servers[first].kill()
    until = time.monotonic() + PATIENCE
    while works(tmp_path, second) != [second]:
        assert time.monotonic() < until, "nobody took over"
    status = told(tmp_path, second, "status")
    assert (status["tenants"], status["failing"]) == (1, [])
