"""The way from one client to the server, through a small relay that can be cut and mended."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from urllib.parse import urlsplit

_LOOPBACK = "127.0.0.1"
_CHUNK = 65_536
_AT_ONCE = struct.pack("ii", 1, 0)
"""Closing resets the connection instead of ending it in good order."""


class Line:
    """Passes bytes on unread. Cut, it drops every connection and refuses new ones, as a dead network does.

    Invariant: mended, it has the same address again, which a bound socket keeps for it meanwhile.
    """

    def __init__(self, server_url: str) -> None:
        there = urlsplit(server_url)
        if there.hostname != _LOOPBACK or there.port is None:
            raise ValueError("the tour speaks to its own server only")
        self._there = there.port
        self._keeper = socket.socket()
        self._keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._keeper.bind((_LOOPBACK, 0))
        self._here: int = self._keeper.getsockname()[1]
        self._door: asyncio.Server | None = None
        self._ways: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where the client finds the server."""
        return f"http://{_LOOPBACK}:{self._here}"

    async def mend(self) -> None:
        """Let connections through, from now on; nothing changes where they are."""
        if self._door is not None:
            return
        self._door = await asyncio.start_server(self._pass_on, _LOOPBACK, self._here, reuse_address=True)

    def cut(self) -> None:
        """Break every connection and let none through."""
        if self._door is not None:
            self._door.close()
            self._door = None
        for way in tuple(self._ways):
            way.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            way.transport.abort()

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._keeper.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ways = [writer]
        self._ways.add(writer)
        try:
            with suppress(OSError):
                back, forth = await asyncio.open_connection(_LOOPBACK, self._there)
                ways.append(forth)
                self._ways.add(forth)
                await asyncio.gather(_pump(reader, forth), _pump(back, writer))
        finally:
            for way in ways:
                way.transport.abort()
                self._ways.discard(way)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on until the sender is done, then say so to the receiver."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()
