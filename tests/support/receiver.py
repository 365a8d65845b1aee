"""Somebody who receives webhooks, on a real socket: keeps what comes, answers as told."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.listening import listening

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def status(code: int, *headers: str) -> bytes:
    """Write an answer without a body."""
    lines = [f"HTTP/1.1 {code} X", "content-length: 0", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Delivery:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body."""
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass
class Receiver:
    """``answers`` are given in turn, then 200; ``silent``: nothing is answered until it is unset."""

    url: str = ""
    connections: int = 0
    came: list[Delivery] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    always: bytes = OK
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.silent.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and answer."""
        self.connections += 1
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.came.append(Delivery(first.split()[1], headers, body))
            answer = self.answers.pop(0) if self.answers else self.always
            await self.silent.wait()
            writer.write(answer)
            await writer.drain()
        finally:
            writer.close()

    async def until(self, true: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait for something."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - any state
                await asyncio.sleep(0.01)

    @property
    def names(self) -> list[str]:
        """The events that came, in order."""
        return [one.json["eventName"] for one in self.came]


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """Listen on loopback."""
    one = Receiver()
    async with listening(one.serve, tls, host=host) as port:
        one.url = f"{'https' if tls else 'http'}://{host}:{port}/hook/Geheim?x=1"
        yield one
