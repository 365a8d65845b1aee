"""The threshold: a Unix socket in a folder of the server's own, and who may cross it.

Three walls: the folder (mode 700), the socket (mode 600), and the kernel's word for who is at the other end
(SO_PEERCRED). Where the system gives no such word there is no door.
"""

import asyncio
import logging
import os
import socket
import stat
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from leaddesk.server.door.orders import LONGEST_LINE, Answer, AnyOrder, NotDone, decode_order, encode, name_of
from leaddesk.server.operations.logs import FACTS
from leaddesk.server.operations.settings import Misconfigured

PATIENCE_SECONDS = 10.0
"""How long somebody who has come may take to say what they want."""
LONGEST_PATH = 100
_SETTING = "operator.socket"
_CREDENTIALS = struct.Struct("3i")

_NO_ORDER = (
    msgspec.DecodeError,
    UnicodeDecodeError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
)

Serve = Callable[[AnyOrder], Awaitable[Answer]]

_log = logging.getLogger(__name__)


def open_socket(path: Path) -> socket.socket:
    """Bind the socket in a folder of the server's own. Raises :class:`Misconfigured`."""
    if not hasattr(socket, "SO_PEERCRED"):
        raise Misconfigured(f"{_SETTING}: this system does not tell who calls; leave it out here")
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Misconfigured(f"{_SETTING}: expected a path of at most {LONGEST_PATH} bytes")
    try:
        _check_folder(path.parent)
        _clear(path)
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(os.fspath(path))
            path.chmod(0o600)  # until now the folder alone has kept others out
            listener.listen(8)
        except BaseException:
            listener.close()
            raise
    except OSError as failure:
        raise Misconfigured(f"{_SETTING}: cannot be made ({failure.strerror})") from None
    return listener


def _check_folder(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Misconfigured(
            f"{_SETTING}: expected its folder to be the server's own, for it alone (mode 700)"
        )


def _clear(path: Path) -> None:
    """Take away what a server that was killed has left; never another's, nor anything that is no socket."""
    if not path.is_socket():
        return  # not there; or something else, which binding then fails over
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise Misconfigured(f"{_SETTING}: another server listens there; each process needs its own")


def caller_of(connection: socket.socket) -> int:
    """Return the user at the other end, as the kernel knows it."""
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(packed)[1]
    return uid


def may_enter(uid: int) -> bool:
    """Tell whether a user may give orders: root, or whom the server runs as."""
    return uid in (0, os.geteuid())


class Threshold:
    """Listens until cancelled; one order a connection, carried out even if nobody waits for its answer."""

    def __init__(self, listener: socket.socket, serve: Serve) -> None:
        self._listener = listener
        self._serve = serve
        self._path = Path(listener.getsockname())
        self._running: set[asyncio.Task[Answer]] = set()

    async def run(self) -> None:
        """Listen until cancelled, then take the socket away; orders under way come to their end."""
        try:
            server = await asyncio.start_unix_server(self._met, sock=self._listener, limit=LONGEST_LINE)
            async with server:
                await asyncio.Event().wait()
        finally:
            self._listener.close()
            self._path.unlink(missing_ok=True)
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._heard(reader, caller_of(writer.get_extra_info("socket")))
            writer.write(encode(answer) + b"\n")
            await writer.drain()
        except (OSError, TimeoutError, asyncio.CancelledError):
            return  # gone, silent, or the server ends
        finally:
            writer.close()

    async def _heard(self, reader: asyncio.StreamReader, uid: int) -> Answer:
        if not may_enter(uid):
            _noted("-", uid, "not-allowed")
            return Answer("not-allowed")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                order = decode_order(await reader.readuntil(b"\n"))
        except _NO_ORDER:
            _noted("-", uid, "malformed")
            return Answer("malformed")
        doing = asyncio.create_task(self._done(order, uid))
        self._running.add(doing)
        doing.add_done_callback(self._running.discard)
        return await asyncio.shield(doing)

    async def _done(self, order: AnyOrder, uid: int) -> Answer:
        """Carry an order out; what fails is an answer without words of the failure (guarantee A8)."""
        try:
            answer = await self._serve(order)
        except NotDone as refused:
            answer = refused.answer
        except Exception as failure:
            _log.error("operator order failed: %s", type(failure).__name__)
            answer = Answer("failed")
        _noted(name_of[type(order)], uid, answer.outcome)
        return answer


def _noted(order: str, uid: int, outcome: str) -> None:
    facts = {"order": order, "uid": uid, "outcome": outcome}
    _log.info("operator order", extra={FACTS: facts})
