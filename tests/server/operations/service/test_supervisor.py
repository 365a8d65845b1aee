"""systemd's side of a server: told when it is ready, that it lives, when it ends."""

import os
import signal
import socket
from pathlib import Path

from leaddesk.server.operations.service.supervisor import Supervisor
from tests.server.operations.test_configured import running
from tests.support.folders import short_folder

PATIENCE = 60.0


def test_a_process_tells_that_it_is_ready_lives_and_ends(tmp_path: Path) -> None:
    with short_folder("notify-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.settimeout(PATIENCE)
        heard.bind(str(folder / "socket"))
        environment = {"NOTIFY_SOCKET": str(folder / "socket"), "WATCHDOG_USEC": "200000"}
        with running(tmp_path, **environment) as (server, _):
            assert [heard.recv(100) for _ in range(4)] == [b"READY=1"] + [b"WATCHDOG=1"] * 3
            server.send_signal(signal.SIGTERM)
            while (word := heard.recv(100)) == b"WATCHDOG=1":
                continue
            assert word == b"STOPPING=1" and server.wait(PATIENCE) == 0


async def test_one_that_is_told_of_another_process_s_watchdog_does_not_beat() -> None:
    with short_folder("notify-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(folder / "socket"))
        heard.setblocking(False)
        place = {"NOTIFY_SOCKET": str(folder / "socket"), "WATCHDOG_USEC": "200000"}
        Supervisor(place | {"WATCHDOG_PID": str(os.getpid() + 1)}).ready()
        assert heard.recv(100) == b"READY=1"
        try:
            word = heard.recv(100)
        except BlockingIOError:
            word = b""
        assert word == b""


async def test_without_a_supervisor_or_with_a_deaf_one_nothing_happens() -> None:
    for environment in ({}, {"NOTIFY_SOCKET": "/nowhere/at-all"}, {"NOTIFY_SOCKET": "@leaddesk-nobody"}):
        supervisor = Supervisor(environment)
        supervisor.ready()
        supervisor.ending()
