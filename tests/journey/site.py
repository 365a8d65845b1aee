"""What the desktops work with: a PostgreSQL, two server processes on it, nginx as their one address."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from leaddesk.demo.child import DemoPerson
from leaddesk.personal.masked import Secret
from tests.server.operations.test_settings import written
from tests.support.nginx import behind_nginx, free_ports
from tests.support.postgres import Cluster
from tests.support.postgres import cluster as made
from tests.support.processes import Running, configuration

PATIENCE = 60.0
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Site:
    """``people``: the first tenant's, with their passwords. ``url``: the one address. Servers: 0 and 1."""

    place: Path
    cluster: Cluster
    config: str
    ports: tuple[int, int]
    people: list[DemoPerson] = field(repr=False)
    url: str = ""
    servers: dict[int, Running] = field(default_factory=dict)

    def person(self, name: str) -> DemoPerson:
        """Who has a name."""
        return next(one for one in self.people if one.name == name)

    def start(self, *numbers: int) -> None:
        """Start servers at their ports and wait until they serve."""
        begun = {number: Running(self.place, self._config(number)) for number in numbers}
        self.servers |= begun
        for one in begun.values():
            one.ready()

    def kill(self, number: int) -> None:
        """End one as a machine does that loses its power."""
        self.servers.pop(number).kill()

    def crash_database(self) -> None:
        """Let PostgreSQL end as in a crash."""
        self.cluster.stop(signal.SIGQUIT)

    def streams(self, number: int) -> int:
        """Count the push streams that a server has open now."""
        said = self.servers[number].client.get("/metrics").text
        (line,) = (one for one in said.splitlines() if one.startswith("leaddesk_requests_running "))
        return int(float(line.split()[1])) - 1  # the question itself runs too

    def _config(self, number: int) -> str:
        return self.config.replace("port = 0", f"port = {self.ports[number]}\nbehind_proxy = true")


@contextmanager
def site(place: Path, leads: int, **settings: str) -> Iterator[Site]:
    """Make all of it, fill it with the demo population, serve it from two processes.

    ``settings`` of PostgreSQL: what survives a crash of its processes survives without ``fsync`` too.
    """
    with made(**{**DURABLE, **settings}) as cluster:
        conninfo = cluster.conninfo(cluster.database(), "leaddesk_app")
        config = configuration(place, conninfo, cluster.key_stores(), written(place / "first.toml"))
        first, second = free_ports(2)
        whole = Site(place, cluster, config, (first, second), _planted(place, config, leads))
        (place / "nginx").mkdir()
        try:
            whole.start(0, 1)
            with behind_nginx(place / "nginx", whole.ports, tls=False) as front:
                whole.url = f"http://127.0.0.1:{front.port}"
                yield whole
        finally:
            for number in tuple(whole.servers):
                whole.kill(number)


def _planted(place: Path, config: str, leads: int) -> list[DemoPerson]:
    file = place / "planting.toml"
    file.write_text(config)
    command = [sys.executable, "-B", "-m", "tests.journey.plant", str(file), str(leads)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    people = json.loads(done.stdout.splitlines()[-1])
    return [DemoPerson(**{**one, "password": Secret(one["password"])}) for one in people]
