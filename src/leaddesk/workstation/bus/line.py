"""One connection to one message bus, on the loop: asks, hears signals, takes descriptors.

Written on jeepney's parser alone, because its own asyncio connection takes no descriptors and its blocking
one wants a thread. Source: D-Bus Specification, "Message Protocol" and "Authentication".
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
from collections.abc import Callable
from typing import Any

from jeepney.auth import BEGIN, AuthenticationError, Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.fds import FileDescriptor, fds_buf_size
from jeepney.low_level import HeaderFields, Message, MessageType, Parser

ANSWER_SECONDS = 5.0
_LINE_BYTES = 4096

HearSignal = Callable[[Message], object]


class NoBus(Exception):
    """There is no bus at the address, it speaks otherwise, or it has hung up."""


class BusLine:
    """A line to the bus at one address; ``heard`` gets every signal that was asked for.

    Whoever opens it closes it: a :meth:`run` that is called off before it began cannot.

    Descriptors that nobody takes are closed with their message. Nothing is sent but calls.
    """

    def __init__(self, heard: HearSignal) -> None:
        self._heard = heard
        self._socket: socket.socket | None = None
        self._parser = Parser()
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Message]] = {}

    async def open(self, address: str) -> None:
        """Connect and say hello. Raises :class:`NoBus`."""
        try:
            place = next(get_connectable_addresses(address))
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.setblocking(False)
            async with asyncio.timeout(ANSWER_SECONDS):
                await asyncio.get_running_loop().sock_connect(self._socket, place)
                await self._authenticate(self._socket)
                self._send(self._socket, message_bus.Hello(), None)
        except (OSError, ValueError, RuntimeError, StopIteration, AuthenticationError) as failed:
            self.close()
            raise NoBus from failed
        except asyncio.CancelledError:
            self.close()
            raise

    async def run(self) -> None:
        """Hear until cancelled. Raises :class:`NoBus` when the bus hangs up."""
        try:
            while True:
                self._take(await self._receive())
                await asyncio.sleep(0)
        finally:
            self.close()

    async def ask(self, call: Message) -> tuple[Any, ...]:
        """Call a method while :meth:`run` runs; returns what it answers. Raises :class:`NoBus`: a refusal,
        no answer in time, no bus.
        """
        if self._socket is None:
            raise NoBus
        number, answer = next(self._numbers), asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._send(self._socket, call, number)
                message: Message = await answer
        except (OSError, TimeoutError, asyncio.CancelledError) as failed:
            _refuse(answer)
            raise failed if isinstance(failed, asyncio.CancelledError) else NoBus from failed
        finally:
            self._asked.pop(number, None)
        if message.header.message_type is not MessageType.method_return:
            raise NoBus
        return tuple(message.body)

    async def subscribe(self, rule: MatchRule) -> None:
        """Hear the signals of a rule from now on. Raises :class:`NoBus`."""
        await self.ask(message_bus.AddMatch(rule))

    async def has(self, name: str) -> bool:
        """Tell whether somebody on this bus has a name. Raises :class:`NoBus`."""
        return bool((await self.ask(message_bus.NameHasOwner(name)))[0])

    def close(self) -> None:
        """Hang up; whoever waits for an answer gets none."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(NoBus())

    async def _authenticate(self, line: socket.socket) -> None:
        loop, asking = asyncio.get_running_loop(), Authenticator(enable_fds=True)
        for words in asking:
            if words:
                await loop.sock_sendall(line, words)
            answer = await loop.sock_recv(line, _LINE_BYTES)
            if not answer:
                raise ConnectionResetError
            asking.feed(answer)
        await loop.sock_sendall(line, BEGIN)

    def _send(self, line: socket.socket, message: Message, number: int | None) -> None:
        """Send a call of some hundred bytes; a bus that does not even take those counts as gone."""
        data = message.serialise(serial=next(self._numbers) if number is None else number)
        if line.send(data) != len(data):
            raise BrokenPipeError

    async def _receive(self) -> Message:
        while (message := self._parser.get_next_message()) is None:
            line = self._socket
            if line is None:
                raise NoBus
            try:  # at once: a descriptor comes with a message's first bytes and would be lost with a call off
                data, extra, _, _ = line.recvmsg(
                    self._parser.bytes_desired(), fds_buf_size(), socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                await _readable(line)
                continue
            except OSError as failed:
                raise NoBus from failed
            if not data:
                raise NoBus
            self._parser.add_data(data, fds=FileDescriptor.from_ancdata(extra))
        return message

    def _take(self, message: Message) -> None:
        if message.header.message_type is MessageType.signal:
            self._heard(message)
            return
        answer = self._asked.pop(message.header.fields.get(HeaderFields.reply_serial, 0), None)
        if answer is not None and not answer.done():
            answer.set_result(message)
            return
        _close_descriptors(message)


def _refuse(answer: asyncio.Future[Message]) -> None:
    """Give up an answer that came in the very moment in which nobody waited for it any more."""
    if answer.done() and not answer.cancelled() and answer.exception() is None:
        _close_descriptors(answer.result())


def _close_descriptors(message: Message) -> None:
    for part in message.body:
        if isinstance(part, FileDescriptor):
            part.close()


async def _readable(line: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    place = line.fileno()
    loop.add_reader(place, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(place)


def session_address() -> str | None:
    """Return where this desktop's bus is: its variable, else systemd's usual place."""
    given = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    usual = f"{os.environ.get('XDG_RUNTIME_DIR', '')}/bus"
    return given or (f"unix:path={usual}" if usual.startswith("/") and os.path.exists(usual) else None)  # noqa: PTH110


def system_address() -> str:
    """Return where the machine's bus is (D-Bus Specification, "Well-known Message Bus Instances")."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"
