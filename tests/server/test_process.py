"""The process: loopback only, ready when it says so, an orderly end with streams open."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.listening import AddressTaken, NotLoopback, listen_on_loopback, url_of
from leaddesk.server.operations.metrics import Metrics
from leaddesk.server.process import Moments, Process, log_failure
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.entrance import operations

SPEC = Spec("An endpoint of a test")


def nothing() -> None:
    return None


async def all_is_well() -> list[str]:
    return []


async def endless(_request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"begun"
        await asyncio.Event().wait()

    return StreamingResponse(parts())


@pytest.fixture
def app() -> Starlette:
    identity = Identity(lambda: datetime.now(UTC), People())
    station = operations.Station("Demo", all_is_well, Metrics())
    routes = [
        *operations.routes(station),
        open_to_all("GET", "/endless", endless, SPEC),
    ]
    return application(identity, routes)


async def test_it_answers_when_it_says_ready_and_ends_when_told(app: Starlette) -> None:
    listener, ready = listen_on_loopback("127.0.0.1", 0), asyncio.Event()
    process = Process(app, listener, Moments(ready.set, nothing))
    serving = asyncio.ensure_future(process.serve())
    await ready.wait()
    async with httpx.AsyncClient(base_url=url_of(listener), timeout=60) as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 200 and "server" not in answer.headers
    process.stop()
    await serving
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(answer.url.port or 0)), 1)


@pytest.mark.warns("uvicorn.error")
async def test_an_open_stream_does_not_keep_it_from_ending(app: Starlette) -> None:
    listener, ready = listen_on_loopback("127.0.0.1", 0), asyncio.Event()
    process = Process(app, listener, Moments(ready.set, nothing))
    serving = asyncio.ensure_future(process.serve())
    await ready.wait()
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("GET", f"{url_of(listener)}/endless") as answer,
    ):
        assert answer.status_code == 200
        process.stop()
        async with asyncio.timeout(60):
            await serving


def test_only_loopback_is_listened_on() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "name.invalid", "", "a" * 300):
        with pytest.raises(NotLoopback):
            listen_on_loopback(host, 0)


def test_a_taken_port_is_said_so() -> None:
    with listen_on_loopback("127.0.0.1", 0) as taken, pytest.raises(AddressTaken):
        listen_on_loopback("127.0.0.1", taken.getsockname()[1])


def test_addresses_are_written_for_both_families() -> None:
    with listen_on_loopback("localhost", 0) as four:
        assert url_of(four).startswith("http://127.0.0.1:")
    if socket.has_dualstack_ipv6():
        with listen_on_loopback("::1", 0) as six:
            assert url_of(six).startswith("http://[::1]:")


@pytest.mark.warns("leaddesk.server.process")
async def test_a_failure_nobody_awaits_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    log_failure(loop, {"exception": RuntimeError("Ada Lund")})
    log_failure(loop, {"message": "Ada Lund"})
    assert "RuntimeError" in caplog.text and "Ada" not in caplog.text


LEASHED = (
    "import time; from leaddesk.server.leash import end_with_parent; "
    "end_with_parent(0); print('on', flush=True); time.sleep(60)"
)


def test_the_end_of_the_pipe_ends_the_process() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LEASHED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == "on\n"
        child.stdin.close()
        assert child.wait(60) == -signal.SIGTERM


def test_the_kernel_ends_it_with_its_parent_even_if_the_pipe_lives() -> None:
    parent = (
        "import subprocess, sys, os; "
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=0, stdout=subprocess.PIPE); "
        "child.stdout.readline(); print(child.pid, flush=True); os._exit(0)"
    )
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", parent, LEASHED], stdin=read, capture_output=True, text=True, check=True
        )
        deadline = time.monotonic() + 60
        while _lives(int(done.stdout)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _lives(int(done.stdout))
    finally:
        os.close(read)
        os.close(write)


def _lives(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
