"""What looks through memory for A6 (``make guarantees ONLY=A6``), tried where the memory is known.

And one of the moments at which it ends clients; broken parts are for ``PLANT=1``.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import os
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from backports import zstd

from tests.guarantees.memory import departures
from tests.guarantees.memory.scanning import look, needles, tokens

WORD = "Kz7f3a Müller – 🙂"
TOKEN = "ldr_" + "Ab1-" * 16
HOLDER = """
import sys
kept = bytearray.fromhex(sys.stdin.readline())
print("held", flush=True)
sys.stdin.readline()
"""


async def holding(content: bytes) -> asyncio.subprocess.Process:
    """A process of ours whose memory holds these bytes, and nothing of how they came about."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", HOLDER, stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(content.hex().encode() + b"\n")
    assert await process.stdout.readline() == b"held\n"
    return process


@pytest.fixture
async def started() -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Processes that end with the test."""
    running: list[asyncio.subprocess.Process] = []
    yield running
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


WAYS = {
    "raw": WORD.encode(),
    "shouted": WORD.upper().encode(),
    "wide": WORD.encode("utf-16-le"),
    "widest": WORD.encode("utf-32-le"),
    "percent": b"Kz7f3a%20M%C3%BCller%20%E2%80%93%20%F0%9F%99%82",
    "base64": base64.b64encode(WORD.encode()),
    "base64 inside": base64.b64encode(b'{"name": "' + WORD.encode() + b'"}'),
    "gzip": gzip.compress(b"x" * 40 + WORD.encode()),
    "zlib": b"\0\0" + zlib.compress(WORD.encode()),
    "zstd": zstd.compress(WORD.encode() * 3),
}


async def test_a_word_is_found_however_it_lies_there(started: list[asyncio.subprocess.Process]) -> None:
    wanted = needles([WORD])
    empty = await holding(b"nothing")
    started.append(empty)
    assert look([empty.pid], wanted)[0] == []
    missed = []
    for way, content in WAYS.items():
        process = await holding(content)
        started.append(process)
        if not look([process.pid], wanted)[0]:
            missed.append(way)
    assert missed == []


async def test_a_token_is_found_by_its_form(started: list[asyncio.subprocess.Process]) -> None:
    for content in (TOKEN.encode(), TOKEN.encode("utf-16-le")):
        process = await holding(content)
        started.append(process)
        assert tokens([process.pid]) == {TOKEN}


def test_a_process_that_is_gone_holds_nothing() -> None:
    assert look([2**22 - 1], needles([WORD])) == ([], 0)


async def test_a_client_killed_behind_its_lock_leaves_no_key(tmp_path: Path) -> None:
    assert await departures.killed(os.environ, ["at the lock page"], folder=tmp_path) == []
