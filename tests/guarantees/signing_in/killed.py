"""B5: a client killed at any moment of a renewal loses no session, with a real keyring and real processes.

The server takes the second use of a refresh token for theft unless it comes with the same rotation id. After
each death another client begins with what the keyring holds; it has to be signed in.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from signal import SIGKILL

import httpx

from tests.guarantees.figure import Figure
from tests.session.conftest import TokenServer
from tests.support.listening import listening

MOMENTS = (
    *("after reading", "before rereading", "after rereading"),
    *("before keeping the announcement", "while keeping the announcement", "after keeping the announcement"),
    *("when the server is asked", "when the server has decided", "when half of the answer is there"),
    *("before keeping the successor", "while keeping the successor", "after keeping the successor"),
    *("after its first use", "at any time"),
)
AT_THE_SERVER = tuple(one for one in MOMENTS if one.startswith("when"))
SHORT, FULL = 42, 1_000
PATIENCE = 120.0


class Desk:
    """The server: a token endpoint that may see its client die."""

    def __init__(self) -> None:
        self.tokens, self.moment, self.client = TokenServer(), "", 0

    def reach(self, moment: str) -> bool:
        """Kill the client at a moment; tells whether it is dead."""
        if moment != self.moment or not self.client:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.client, SIGKILL)
        return True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = first.split(" ")
        is_token = path == "/oauth/token"
        if is_token and self.reach("when the server is asked"):
            return
        request = httpx.Request(method, f"http://desk{path}", headers=headers, content=body)
        response = await self.tokens.handle(request)
        said = await response.aread()
        if is_token and self.reach("when the server has decided"):
            return
        start = (
            f"HTTP/1.1 {response.status_code} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
        )
        whole = start.encode() + f"Content-Length: {len(said)}\r\n\r\n".encode() + said
        if is_token and self.moment == "when half of the answer is there":
            writer.write(whole[: len(whole) - len(said) // 2])
            await writer.drain()
            self.reach(self.moment)
            return
        writer.write(whole)
        await writer.drain()


class Clients:
    """The program that forks clients, and how each ended."""

    def __init__(self, program: Process, desk: Desk) -> None:
        self._program, self._desk = program, desk

    async def live(self, moment: str = "") -> int:
        """Let a client live until it is done or dies; gives its exit code, negative for a signal."""
        assert self._program.stdin is not None
        self._desk.moment, self._desk.client = moment, 0
        self._program.stdin.write(f"{moment}\n".encode())
        self._desk.client = await self._number()
        if moment == "at any time":
            await asyncio.sleep(random.random() * 0.5)
            self._desk.reach(moment)
        return await self._number()

    async def _number(self) -> int:
        assert self._program.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return int(await self._program.stdout.readline())


async def _round(clients: Clients, desk: Desk, moment: str) -> str | None:
    ended = await clients.live(moment)
    if ended != -SIGKILL and moment != "at any time":
        return f"{moment}: did not die there but ended with {ended}"
    ended = await clients.live()
    if ended != 0 or not desk.tokens.family_alive:
        return f"{moment}: the session was lost ({ended})"
    return None


async def guarantee(env: Mapping[str, str], *, planted: bool = False, rounds: int | None = None) -> Figure:
    """Kill again and again; with ``planted`` the id of a rotation is not kept."""
    rounds = rounds or (FULL if os.environ.get("FULL") == "1" else SHORT)
    desk, findings = Desk(), list[str]()
    async with listening(desk.serve) as port:
        words = [sys.executable, "-B", "-m", "tests.guarantees.signing_in.doomed", f"http://127.0.0.1:{port}"]
        words += ["forgetful"] if planted else []
        program = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, env=dict(env))
        clients = Clients(program, desk)
        try:
            if (ended := await clients.live("begin")) != 0:
                findings.append(f"nothing could be kept in a keyring ({ended})")
            moments = AT_THE_SERVER if planted else MOMENTS
            for number in range(rounds if not findings else 0):
                wrong = await _round(clients, desk, moments[(number * 5 + 8) % len(moments)])
                findings += [wrong] if wrong else []
                if not desk.tokens.family_alive:
                    break
            await clients.live("end")
        finally:
            assert program.stdin is not None
            program.stdin.close()
            await program.wait()
    sentence = f"renewals killed at {len(MOMENTS)} moments: {{found}} of {{looked:,}} sessions lost"
    return Figure(sentence, rounds, tuple(findings), enough=1)
