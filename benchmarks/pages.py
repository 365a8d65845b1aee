"""P11: pages of 100 leads, decrypted, from one worker in memory; beside the same bytes from uvicorn alone.

And from one and two workers on PostgreSQL, beside what pgbench reads of the same rows by the same statement.

Each server is a process of its own and so is the load: this one, eight connections kept open, the next
request when an answer is whole. With fewer free cores than two both are slower; the ratio stays.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import httpx

from benchmarks.figures import Figure, share
from benchmarks.starts import ROOT

if TYPE_CHECKING:
    from benchmarks.postgres.installation import Installation
    from leaddesk.contract.ids import TenantId

LEADS, MANY, PAGES = 12_480, 100_000, 60
CONNECTIONS, SECONDS = 8, 3.0
WARM, COLD, HALF_LOAD_MS, OF_PGBENCH = 2_000.0, 700.0, 50.0, 0.5
KIB_A_LEAD = 10.0
_PATH = "/leads?maxResults=100&includeFieldLists=true"


def figures() -> Iterator[Figure]:
    """Measure warm, cold, half load and memory."""
    with _server("warm", LEADS) as warm:
        targets, body = _targets(warm)
        warm_rate = asyncio.run(_rate(warm, targets))
        with _server("bare", 0, body) as bare:
            bare_rate = asyncio.run(_rate(bare, [_PATH]))
        late = asyncio.run(_latency(warm, targets, warm_rate / 2))
    with _server("cold", LEADS) as cold:
        cold_rate = asyncio.run(_rate(cold, _targets(cold)[0]))
    yield Figure("P11", "pages-warm", warm_rate, "/s", WARM, "/s", warm_rate / bare_rate, least=True)
    yield Figure("P11", "pages-cold", cold_rate, "/s", COLD, "/s", cold_rate / bare_rate, least=True)
    yield Figure("P11", "p99-at-half-load", share(late, 0.99) * 1000, "ms", HALF_LOAD_MS, "ms")
    with _server("warm", 1) as empty, _server("warm", MANY) as full:
        memory = (full.rss - empty.rss) / MANY / 1024
    yield Figure("P11", "memory-per-lead-100k", memory, "KiB", KIB_A_LEAD, "KiB")
    yield from _on_postgresql()


def _on_postgresql() -> Iterator[Figure]:
    """Read at once from all server processes there are, and by as many connections of pgbench."""
    from benchmarks.postgres.installation import installation, signed_in
    from benchmarks.postgres.tenancy import furnish

    with installation() as place:
        with place.servers(1) as (server,):
            tenant = signed_in(server)[1]
        furnish(place, tenant, LEADS)
        for workers in (1, 2):
            with place.servers(workers) as servers:
                key = f"Bearer {signed_in(servers[0])[0].access}"
                running = [Running(str(one.client.base_url).rstrip("/"), key, 0) for one in servers]
                rate = asyncio.run(_rates(running, _targets(running[0])[0]))
            beside = _read_by_pgbench(place, tenant)
            name = f"pages-postgresql-{workers}"
            yield Figure("P11", name, rate, "/s", OF_PGBENCH, "x", rate / beside, least=True)


def _read_by_pgbench(place: Installation, tenant: TenantId) -> float:
    """Let pgbench read pages of the same rows by the statement of a page, its wall included."""
    from benchmarks.postgres.pgbench import rate
    from benchmarks.postgres.statements import pages

    scripts = pages(place, tenant, PAGES)
    return rate(place, scripts, "--protocol=prepared", clients=CONNECTIONS, seconds=SECONDS, tenant=tenant)


async def _rates(servers: Sequence[Running], targets: Sequence[str]) -> float:
    return sum(await asyncio.gather(*(_rate(server, targets) for server in servers)))


@dataclass(frozen=True)
class Running:
    """A server that serves."""

    url: str
    key: str
    rss: int


@contextmanager
def _server(kind: str, leads: int, body: bytes = b"") -> Iterator[Running]:
    command = [sys.executable, "-m", "benchmarks.programs.page_server", kind, str(leads)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(body)
        process.stdin.close()
        try:
            yield Running(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def _targets(server: Running) -> tuple[list[str], bytes]:
    """Walk through the list; returns where its pages begin, and the bytes of one."""
    paths, body = [_PATH], b""
    with httpx.Client(base_url=server.url, headers={"authorization": server.key}) as client:
        while len(paths) <= PAGES:
            answer = client.get(paths[-1])
            assert answer.status_code == 200, answer.text
            body = body or answer.content
            if "x-continuation" not in answer.headers:
                break
            paths.append(f"{_PATH}&continuation={quote(answer.headers['x-continuation'])}")
    return paths[:PAGES], body


class _Connection(asyncio.Protocol):
    """One connection; counts bytes, reads no more of an answer than its length."""

    def __init__(self) -> None:
        self._missing = 0
        self._head = b""
        self._whole: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for the whole answer."""
        assert self._transport is not None
        self._whole = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._whole

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._head[:end].lower()
            assert head.startswith(b"http/1.1 200"), head[:80]
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            self._missing, data, self._head = length, self._head[end + 4 :], b""
        self._missing -= len(data)
        if not self._missing and self._whole is not None:
            self._whole.set_result(None)


def _requests(server: Running, targets: Sequence[str]) -> list[bytes]:
    host = urlsplit(server.url).netloc
    key = f"Authorization: {server.key}\r\n" if server.key else ""
    return [f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{key}\r\n".encode() for path in targets]


async def _connected(server: Running) -> list[_Connection]:
    loop, place = asyncio.get_running_loop(), urlsplit(server.url)
    return [
        (await loop.create_connection(_Connection, place.hostname, place.port))[1] for _ in range(CONNECTIONS)
    ]


async def _rate(server: Running, targets: Sequence[str]) -> float:
    """Ask as much as is answered; returns answers a second, after one round to warm up."""
    requests, connections = _requests(server, targets), await _connected(server)
    for request in requests:
        await connections[0].ask(request)
    count, began = 0, time.perf_counter()

    async def work(connection: _Connection, first: int) -> None:
        nonlocal count
        number = first
        while time.perf_counter() - began < SECONDS:
            await connection.ask(requests[number % len(requests)])
            number += CONNECTIONS
            count += 1

    await asyncio.gather(*(work(one, number) for number, one in enumerate(connections)))
    return count / (time.perf_counter() - began)


async def _latency(server: Running, targets: Sequence[str], rate: float) -> list[float]:
    """Ask at a steady rate; returns seconds from when a request was due to its whole answer."""
    requests, connections = _requests(server, targets), await _connected(server)
    began, took = time.perf_counter(), []

    async def work(connection: _Connection, first: int) -> None:
        number = first
        while (due := number / rate) < SECONDS:
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            await connection.ask(requests[number % len(requests)])
            took.append(time.perf_counter() - began - due)
            number += CONNECTIONS

    await asyncio.gather(*(work(one, number) for number, one in enumerate(connections)))
    return took
