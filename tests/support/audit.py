"""What Python's audit events tell the watchdogs: sockets beyond loopback, changes to files.

One hook per process, installed once (audit hooks cannot be removed) and deaf outside a test. It records
and lets pass; the one thing it stops is a connection that would leave the machine.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FREE_DEVICES = ("/dev/", "/proc/self/")
CHANGES = {
    "os.mkdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.setxattr",
    "os.remove",
    "os.rmdir",
}
TARGETS = {
    "os.rename": 1,
    "os.link": 1,
    "os.symlink": 1,
}  # the argument that is written to, elsewhere the first
ADDRESSED = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname"}


class Recorder:
    """What happened since `begin`: `beyond` (addresses), `written` (paths that `may_write` refused)."""

    def __init__(self) -> None:
        self.beyond: list[str] = []
        self.written: list[str] = []
        self._listening = False
        self._busy = False
        self._may_write: Callable[[Path], bool] = lambda path: True

    def begin(self, may_write: Callable[[Path], bool]) -> None:
        """Forget what was and listen."""
        self.beyond.clear()
        self.written.clear()
        self._may_write = may_write
        self._listening = True

    def end(self) -> None:
        """Listen no more."""
        self._listening = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook. Raises OSError for an address beyond loopback."""
        if not self._listening or self._busy:
            return
        self._busy = True  # what is asked while judging is not judged: no way into a circle
        try:
            self._judge(event, arguments)
        finally:
            self._busy = False

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(*arguments)
        elif event in CHANGES:
            self._changed(arguments[TARGETS.get(event, 0)])
        elif event == "sqlite3.connect" and not _only_reads(arguments[0]):
            self._changed(arguments[0])
        elif event in ADDRESSED:
            self._addressed(arguments[1])
        elif event in LOOKED_UP and not is_loopback(arguments[0]):
            self._refuse(str(arguments[0]))

    def _opened(self, path: object, mode: object, flags: object) -> None:
        writes = bool(set(str(mode)) & set("wax+")) if mode else bool(int(str(flags or 0)) & WRITE_FLAGS)
        if writes:
            self._changed(path)

    def _changed(self, path: object) -> None:
        if isinstance(path, int):
            return  # an open descriptor: judged when it was opened
        name = os.fsdecode(path) if isinstance(path, bytes | str | os.PathLike) else str(path)
        if not name.startswith(FREE_DEVICES) and not self._may_write(Path(name).absolute()):
            self.written.append(name)

    def _addressed(self, address: object) -> None:
        if isinstance(address, tuple) and not is_loopback(address[0]):
            self._refuse(str(address[0]))

    def _refuse(self, host: str) -> None:
        self.beyond.append(host)
        raise OSError(errno.ENETUNREACH, "tests stay on loopback")


def _only_reads(database: Any) -> bool:
    """Whether a connection can change no file: in memory, or opened by a URI that says so."""
    return database in (":memory:", "", b":memory:") or "mode=ro" in str(database)


def is_loopback(host: object) -> bool:
    """True for localhost, 127.0.0.0/8, ::1 and for no host at all (only looked up, never reached)."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


recorder = Recorder()
sys.addaudithook(recorder)
