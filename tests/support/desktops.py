"""Desktops made up: a private message bus, and on it services that speak as logind and screen savers do.

The bus is a real ``dbus-daemon``, the services are small and hold to the documented interfaces. They stand at
the system's edge: what is tested listens as it would on a real desktop.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from jeepney.bus_messages import message_bus
from jeepney.fds import FileDescriptor
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import HeaderFields, Message, MessageFlag, MessageType
from jeepney.wrappers import DBusAddress, new_error, new_method_return, new_signal

PATIENCE = 60.0
LOGIND, ROOT = "org.freedesktop.login1", "/org/freedesktop/login1"
SESSION = f"{ROOT}/session/_32"
PROPERTIES = "org.freedesktop.DBus.Properties"


@contextlib.contextmanager
def private_bus() -> Iterator[str]:
    """Run a bus of one's own; gives its address."""
    place = f"--address=unix:abstract=/leaddesk/{uuid4()}"  # needs no folder: a guarded test can have one
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()


class Service:
    """Somebody with names on a bus, answering in a thread of its own until :meth:`close`."""

    def __init__(self, address: str, *names: str) -> None:
        self._line: DBusConnection = open_dbus_connection(address, enable_fds=True)
        for name in names:
            self._line.send_and_get_reply(message_bus.RequestName(name))
        self._lock, self._over = threading.Lock(), threading.Event()
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def signal(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
        """Emit a signal."""
        with self._lock:
            self._line.send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def answer(self, call: Message, member: str) -> Message:
        """Return the answer to a call; by default nothing is known."""
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (member,))

    def close(self) -> None:
        """Leave the bus."""
        self._over.set()
        self._serving.join(PATIENCE)
        self._line.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                message = self._line.receive(timeout=0.02)
            except TimeoutError:
                continue
            except (OSError, ConnectionError):
                return
            if message.header.message_type is MessageType.method_call:
                answer = self.answer(message, message.header.fields[HeaderFields.member])
                if not message.header.flags & MessageFlag.no_reply_expected:
                    with self._lock:
                        self._line.send(answer)
                for part in answer.body:
                    if isinstance(part, FileDescriptor):
                        part.close()


class Saver(Service):
    """A desktop's screen saver. ``active``: whether it covers the screen from the first."""

    def __init__(self, address: str, name: str, *further: str, active: bool = False) -> None:
        self._name, self._active = name, active
        self._path = "/" + name.replace(".", "/")
        super().__init__(address, name, *further)

    def covers(self, *, active: bool = True) -> None:
        """Say that the screen is covered, or uncovered."""
        self._active = active
        self.signal(self._path, self._name, "ActiveChanged", "b", active)

    def answer(self, call: Message, member: str) -> Message:
        """Answer as a screen saver does."""
        fields = call.header.fields
        asked = (fields.get(HeaderFields.path), fields.get(HeaderFields.interface), member)
        if asked == (self._path, self._name, "GetActive"):
            return new_method_return(call, "b", (self._active,))
        return super().answer(call, member)


class FakeLogind(Service):
    """logind with one session. ``knows_process``: it finds the session by the process; ``knows_session``: by
    the person. ``stands``: properties that are not as usual.

    A hold is a pipe, as with the real one: it is let go when every copy of the writing end is closed.
    """

    def __init__(
        self,
        address: str,
        *,
        knows_process: bool = True,
        knows_session: bool = True,
        forbids: bool = False,
        stands: Mapping[str, bool] | None = None,
    ) -> None:
        self._stands = {"Active": True, "LockedHint": False, "PreparingForSleep": False, **(stands or {})}
        self._knows_process, self._knows_session, self._forbids = knows_process, knows_session, forbids
        self._holds: list[int] = []
        self.asked: list[str] = []
        super().__init__(address, LOGIND)

    @property
    def held(self) -> int:
        """How many hold sleep right now."""
        return sum(not _ended(hold) for hold in list(self._holds))

    def lock(self, path: str = SESSION) -> None:
        """Ask a session to lock."""
        self.signal(path, f"{LOGIND}.Session", "Lock")

    def sleep(self, *, begins: bool = True) -> None:
        """Say that the machine is about to sleep, or is back."""
        self.signal(ROOT, f"{LOGIND}.Manager", "PrepareForSleep", "b", begins)

    def set(self, name: str, value: bool, path: str = SESSION) -> None:
        """Change a property of a session."""
        body: tuple[Any, ...] = (f"{LOGIND}.Session", {name: ("b", value)}, [])
        self.signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", *body)

    def answer(self, call: Message, member: str) -> Message:
        """Answer as logind does."""
        self.asked.append(member)
        if member == "Inhibit" and not self._forbids:
            assert call.body[0] == "sleep" and call.body[3] == "delay"
            ours, theirs = os.pipe()
            self._holds.append(ours)
            return new_method_return(call, "h", (FileDescriptor(theirs),))
        if member == "GetSessionByPID" and self._knows_process:
            return new_method_return(call, "o", (SESSION,))
        if member == "Get" and call.body[1] in self._stands:
            return new_method_return(call, "v", (("b", self._stands[call.body[1]]),))
        if member == "Get" and self._knows_session:
            return new_method_return(call, "v", (("(so)", ("2", SESSION)),))
        return super().answer(call, member)

    def close(self) -> None:
        """Leave the bus and drop all holds."""
        super().close()
        for hold in self._holds:
            os.close(hold)


def _ended(pipe: int) -> bool:
    """Tell whether every writing end is closed."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(0))
