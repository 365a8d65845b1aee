"""Asking a provider over real sockets: JSON, or a code for what it was instead; never elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from leaddesk.server.web.beside.asking import LARGEST, PinnedAsk, ProviderFailed, read_answer

JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n\r\n"


@contextlib.asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer every request with the same bytes; gives the address and what was asked."""
    asked: list[bytes] = []
    serving: list[asyncio.Task[None]] = []

    def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.ensure_future(serve(reader, writer)))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0"
        )
        asked.append(head + await reader.readexactly(int(length.partition(b":")[2])))
        writer.write(answer)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(begun, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        await asyncio.gather(*serving)


async def test_json_is_read() -> None:
    async with answering(JSON + b'{"issuer": "x"}') as (address, asked):
        assert await PinnedAsk(loopback=True)(address + "/keys") == {"issuer": "x"}
        await PinnedAsk(loopback=True)(address, {"authorization": "Basic x"}, {"code": "c d"})
    assert asked[0].startswith(b"GET /keys HTTP/1.1") and b"authorization" not in asked[0].lower()
    assert asked[1].startswith(b"POST / ") and asked[1].endswith(b"code=c+d") and b"Basic x" in asked[1]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>", "not-json"),
        (JSON + b"<html>", "not-json"),
        (JSON + b"[1]", "not-json"),
        (JSON + b"[" * 20_000, "not-json"),
        (JSON + b'{"a": "' + b"x" * LARGEST + b'"}', "not-json"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\n\r\n", "not-reached"),
        (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{}",
            "refused",
        ),
        (b"HTTP/1.1 500 Oh\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{}", "not-reached"),
        (b"nonsense\r\n\r\n", "not-reached"),
        (b"", "not-reached"),
    ],
)
async def test_everything_else_is_a_code(answer: bytes, reason: str) -> None:
    async with answering(answer) as (address, asked):
        with pytest.raises(ProviderFailed) as failed:
            await PinnedAsk(loopback=True)(address)
    assert failed.value.reason == reason and len(asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "https://127.0.0.1:9/",
        "https://[::1]:9/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://inside.example/",
        "http://inside.example/",
        "file:///etc/passwd",
        "https://user@inside.example/",
        "",
    ],
)
async def test_our_own_networks_are_never_asked(url: str) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(ProviderFailed) as failed:
        await PinnedAsk(resolve)(url)
    assert failed.value.reason == "address-not-allowed"


async def test_nobody_there_is_not_reached() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(ProviderFailed) as failed:
        await PinnedAsk(resolve)("https://id.example/")
    assert failed.value.reason == "not-reached"


def test_a_key_set_has_a_media_type_of_its_own() -> None:
    assert read_answer(200, "application/jwk-set+json", b'{"keys": []}') == {"keys": []}
