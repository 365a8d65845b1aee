"""The tour's line: passes on what is said, cut it refuses, mended it is where it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from leaddesk.demo.tour.line import Line
from tests.support.listening import listening


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(100):
        writer.write(said.upper())


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A line to a server that answers in capitals."""
    async with listening(echo) as port:
        laid = Line(f"http://127.0.0.1:{port}")
        await laid.mend()
        yield laid
        laid.close()
        async with asyncio.timeout(60):
            while laid._ways:  # noqa: ASYNC110 - until whoever passed on has noticed
                await asyncio.sleep(0)


async def reach(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(line.url.rpartition(":")[2]))


async def test_what_is_said_is_passed_on_both_ways_to_the_end(line: Line) -> None:
    reader, writer = await reach(line)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"HELLO"
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(), 60) == b""
    writer.close()


async def test_cut_it_breaks_what_is_open_refuses_what_comes_and_keeps_its_address(line: Line) -> None:
    reader, writer = await reach(line)
    writer.write(b"hello")
    await reader.readexactly(5)
    line.cut()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(reader.readexactly(1), 60)
    for _ in range(50):
        with pytest.raises(ConnectionRefusedError):
            await reach(line)
    await line.mend()
    again, back = await reach(line)
    back.write(b"again")
    assert await again.readexactly(5) == b"AGAIN"
    for one in (writer, back):
        one.transport.abort()


async def test_it_leads_to_a_server_of_this_machine_only() -> None:
    for elsewhere in ("https://leads.example.com", "http://127.0.0.1"):
        with pytest.raises(ValueError, match="own server"):
            Line(elsewhere)
