"""Server processes that are killed and begun again, as a service manager does; also with broken parts."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.guarantees.crashing.site import Site
from tests.support.processes import PATIENCE, Running

BEGUN_AGAIN = """
import runpy, sys
{plant}
sys.argv = ["leaddesk", "server", "run", "--config", sys.argv[1]]
runpy.run_module("leaddesk", run_name="__main__", alter_sys=True)
"""


class Server(Running):
    """One process; ``plant`` is done in it before it begins."""

    def __init__(self, place: Path, config: str, plant: str = "") -> None:
        self._plant = plant
        self.url = ""
        super().__init__(place, config)

    def ready(self) -> Server:
        """Wait until it serves; one that found no database is begun again."""
        until, pause = time.monotonic() + PATIENCE, threading.Event()
        while True:
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            if line:
                self.url = json.loads(line)["url"]
                return self
            assert time.monotonic() < until, self._file.with_suffix(".log").read_text("utf-8")
            pause.wait(0.1)
            self.kill()
            self._start()

    def _start(self) -> None:
        if not self._plant:
            super()._start()
            return
        command = [sys.executable, "-B", "-c", BEGUN_AGAIN.format(plant=self._plant), str(self._file)]
        self._errors = self._file.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=self._errors)


@contextlib.contextmanager
def two_servers(site: Site, plant: str = "") -> Iterator[tuple[Server, Server]]:
    """Run two of them."""
    started: list[Server] = []
    try:
        started += [Server(site.folder, site.config_of_one(), plant) for _ in range(2)]
        yield started[0].ready(), started[1].ready()
    finally:
        for one in started:
            if one.process.poll() is None:
                one.kill()
