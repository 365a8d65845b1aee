"""One person's processes with one session: the first renews the tokens, the others ask it (guarantee B6).

They meet at an abstract Unix socket, which leaves nothing on the disk and ends with its process. Anybody here
may take a name there first, so that each side asks the kernel who the other one is before it speaks.
Where there is no such socket (Windows, macOS) every process renews for itself, as before (ADR 19).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from leaddesk.personal.masked import Secret

PATIENCE = 20.0
"""Seconds to wait for another process: as long as a renewal may take; afterwards one renews alone."""

_LINE_BYTES = 8 * 1024
_CREDENTIALS = struct.Struct("3i")
_ABSENT = (
    ConnectionError,
    FileNotFoundError,
    TimeoutError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
)


@dataclass(frozen=True, slots=True)
class Handed:
    """What one process gives another: access token, its seconds, refresh token of now, the session's id.

    ``left``: seconds until the session ends, if that is known.
    """

    access: Secret
    seconds: float
    refresh: Secret
    session: str | None = None
    left: float | None = None


Hand = Callable[[str], Awaitable[Handed | None]]
"""Given the mark of the access token that is of no use, returns another one."""


class Neighbours:
    """This process among the others of the same person."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def lead(self, profile_id: str, hand: Hand) -> bool:
        """Try to be the one that renews, until :meth:`leave`; others are answered by ``hand``."""
        if self._server is not None or not _can_meet():
            return self._server is not None

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with self._answers(writer), contextlib.suppress(asyncio.CancelledError):  # by leave()
                if self._server is not None and _is_ours(writer):
                    await _answer(reader, writer, hand)

        with contextlib.suppress(OSError):
            self._server = await asyncio.start_unix_server(serve, _name(profile_id), limit=_LINE_BYTES)
        return self._server is not None

    async def ask(self, profile_id: str, mark: str) -> Handed | None:
        """Ask the one that leads for an access token other than the marked one; nothing if it has none."""
        if not _can_meet():
            return None
        with contextlib.suppress(*_ABSENT):
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_unix_connection(_name(profile_id), limit=_LINE_BYTES)
                try:
                    if _is_ours(writer):
                        writer.write(mark.encode("ascii") + b"\n")
                        return _read(await reader.readuntil(b"\n"))
                finally:
                    writer.close()
        return None

    def leave(self) -> None:
        """Renew for nobody else any more; who waits for an answer gets none.

        An answer may find that the session is over and leave itself: then it still tidies up.
        """
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for task in self._answering - {asyncio.current_task(server.get_loop())}:
                task.cancel()

    @contextlib.contextmanager
    def _answers(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """For the length of an answer; its line is closed after it."""
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            yield
        finally:
            self._answering.discard(task)
            writer.close()


def mark_of(access: Secret | None) -> str:
    """Name an access token without telling it."""
    return hashlib.sha256(access.reveal().encode()).hexdigest() if access is not None else "-"


def _can_meet() -> bool:
    return sys.platform == "linux"


def _name(profile_id: str) -> str:
    digest = hashlib.sha256(f"{os.getuid()}/{profile_id}".encode()).hexdigest()
    return f"\0leaddesk/{digest[:32]}"


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    """Tell whether the process at the other end runs as the same user."""
    size = _CREDENTIALS.size
    asked: bytes = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return int(_CREDENTIALS.unpack(asked)[1]) == os.getuid()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hand: Hand) -> None:
    with contextlib.suppress(*_ABSENT):
        async with asyncio.timeout(PATIENCE):
            mark = (await reader.readuntil(b"\n")).decode("ascii", "replace").strip()
            handed = await hand(mark)
            if handed is not None:
                facts = {"a": handed.access.reveal(), "s": handed.seconds, "r": handed.refresh.reveal()}
                facts |= {"i": handed.session} if handed.session is not None else {}
                facts |= {"e": handed.left} if handed.left is not None else {}
                writer.write(json.dumps(facts).encode("ascii") + b"\n")
                await writer.drain()


def _read(line: bytes) -> Handed | None:
    try:
        facts = json.loads(line)
        access, seconds, refresh = facts["a"], facts["s"], facts["r"]
    except (ValueError, TypeError, KeyError):
        return None
    if not (isinstance(access, str) and isinstance(refresh, str) and isinstance(seconds, int | float)):
        return None
    session, left = facts.get("i"), facts.get("e")
    return Handed(
        Secret(access),
        float(seconds),
        Secret(refresh),
        session if isinstance(session, str) else None,
        float(left) if isinstance(left, int | float) else None,
    )
