"""The line keeps connections, gives none away that is not clean, and goes through a proxy encrypted."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.connection import Route
from leaddesk.api.errors import ApiError, Interrupted, Malformed, Offline, TimedOut, Untrusted
from leaddesk.api.http_line import HttpLine
from leaddesk.api.line import Request
from tests.api.test_tls import self_signed

GET = Call("GET", "/me", limits=Limits(seconds=3))
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serving: Serving, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of raw bytes on a random port; yields the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        current = asyncio.current_task()
        assert current is not None
        tasks.add(current)
        try:
            await serving(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # a handshake that was broken off ends


class Server:
    """Answers each request on its connection, until told to hang up after an answer."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer = answer
        self.hang_up = False
        self.connections = 0
        self.heads: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        while not (self.hang_up and number == 1 and self.heads):
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()


def line_to(port: int, **more: object) -> HttpLine:
    return HttpLine(Route(f"http://127.0.0.1:{port}", None), **more)  # type: ignore[arg-type]


async def test_one_connection_serves_one_call_after_the_other() -> None:
    server = Server()
    async with listening(server) as port, line_to(port) as line:
        for _ in range(5):
            assert (await ApiClient(line).ask(GET)).body == b"{}"
    assert (server.connections, len(server.heads)) == (1, 5)
    assert server.heads[0].startswith(b"GET /me HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{port}".encode() in server.heads[0].lower()


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"),
        OK + b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nplanted",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    ],
)
async def test_a_connection_that_is_not_clean_serves_nobody_else(answer: bytes) -> None:
    server = Server(answer)
    async with listening(server) as port, line_to(port) as line:
        for _ in range(2):
            assert (await ApiClient(line).ask(GET)).body == b"{}"
    assert server.connections == 2


async def test_a_connection_the_server_closed_meanwhile_is_not_used_for_a_change() -> None:
    server = Server()
    async with listening(server) as port, line_to(port) as line:
        server.hang_up = True
        await ApiClient(line).ask(Call("POST", "/x", key="k"))
        await asyncio.sleep(0.05)
        assert (await ApiClient(line).ask(Call("POST", "/x", key="k"))).status == 200
    assert server.connections == 2


async def test_an_idle_connection_grows_old() -> None:
    server, now = Server(), 0.0
    async with listening(server) as port, line_to(port, clock=lambda: now) as line:
        await ApiClient(line).ask(GET)
        now = 5.0
        await ApiClient(line).ask(GET)
    assert server.connections == 2


async def test_cancelled_calls_leave_room_for_others() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if quiet:
            await asyncio.Event().wait()
        writer.write(OK)

    quiet = True
    async with listening(silent) as port, line_to(port) as line:
        for _ in range(2):
            calls = [asyncio.create_task(ApiClient(line).ask(GET)) for _ in range(30)]
            await asyncio.sleep(0.05)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        assert not line._busy
        quiet = False
        assert (await ApiClient(line).ask(GET)).body == b"{}"


async def test_no_more_than_twenty_at_once_and_the_others_wait() -> None:
    most = running = 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal most, running
        running += 1
        most = max(most, running)
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.01)
                writer.write(OK)
        finally:
            running -= 1

    async with listening(slow) as port, line_to(port) as line:
        answers = await asyncio.gather(*(ApiClient(line).ask(GET) for _ in range(60)))
    assert most == 20
    assert all(answer.body == b"{}" for answer in answers)


async def test_news_before_the_answer_is_passed_over() -> None:
    server = Server(b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n" + OK)
    async with listening(server) as port, line_to(port) as line:
        assert (await ApiClient(line).ask(GET)).body == b"{}"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", Interrupted),
        (b"SSH-2.0-nobody\r\n\r\n", Interrupted),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000, Interrupted),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}", Interrupted),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", Interrupted),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", Interrupted),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", TimedOut),
    ],
)
async def test_what_is_no_answer_is_an_error_of_ours(answer: bytes, error: type[ApiError]) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if error is TimedOut:
            await asyncio.Event().wait()
        await asyncio.sleep(0.05)

    async with listening(once) as port, line_to(port) as line:
        with pytest.raises(error):
            await ApiClient(line).ask(Call("GET", "/me", limits=Limits(seconds=0.5)))
        assert not line._busy


@pytest.mark.parametrize(
    "request_",
    [Request("GET", "/a b", {}), Request("GET", "/", {"x": "a\r\nhost: b"}), Request("G T", "/", {})],
)
async def test_what_would_change_the_request_is_not_sent(request_: Request) -> None:
    server = Server()
    async with listening(server) as port, line_to(port) as line:
        with pytest.raises(Malformed):
            await line.send(request_)
    assert server.heads == []


class Proxy:
    """Connects as it is told, and notes what it saw."""

    def __init__(self, port: int, answer: bytes = b"HTTP/1.1 200 Connected\r\n\r\n") -> None:
        self._port, self._answer = port, answer
        self.seen = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await writer.drain()
        source, sink = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.gather(self._pump(reader, sink), self._pump(source, writer))
        finally:
            sink.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            self.seen += piece
            sink.write(piece)
            await sink.drain()
        sink.close()


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "both.pem"))


async def test_through_a_proxy_that_sees_nothing(tmp_path: Path) -> None:
    server = Server()
    async with listening(server, self_signed(tmp_path)) as port:
        proxy = Proxy(port)
        async with listening(proxy) as door:
            way = Route(
                f"https://127.0.0.1:{port}", trusting(tmp_path), f"http://ada:p%40ss@127.0.0.1:{door}"
            )
            async with HttpLine(way) as line:
                for _ in range(2):
                    assert (await ApiClient(line).ask(GET)).body == b"{}"
    assert proxy.seen.startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n".encode())
    assert b"Basic " + b64encode(b"ada:p@ss") in proxy.seen
    assert b"GET" not in proxy.seen and b"/me" not in proxy.seen
    assert b"Basic" not in b"".join(server.heads)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 Connected\r\n\r\n", Untrusted),
        (b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n", Offline),
        (b"SSH-2.0-nobody\r\n\r\n", Offline),
    ],
)
async def test_nothing_is_sent_where_the_way_is_not_as_agreed(
    tmp_path: Path, answer: bytes, error: type[ApiError]
) -> None:
    server = Server()
    async with listening(server, self_signed(tmp_path)) as port, listening(Proxy(port, answer)) as door:
        trust = ssl.create_default_context()
        async with HttpLine(Route(f"https://127.0.0.1:{port}", trust, f"http://127.0.0.1:{door}")) as line:
            with pytest.raises(error):
                await ApiClient(line).ask(GET)
    assert server.heads == []


async def test_a_closed_line_ends_what_is_under_way() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        line = line_to(port)
        call = asyncio.create_task(ApiClient(line).ask(Call("POST", "/x", key="k")))
        await asyncio.sleep(0.05)
        await line.aclose()
        with pytest.raises(Interrupted):
            await call
        with pytest.raises(Offline):
            await ApiClient(line).ask(GET)
