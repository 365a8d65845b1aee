"""What logind says of this session: lock it, another one is shown, the machine sleeps; the hold before that.

Source: org.freedesktop.login1(5): signals ``Lock``, ``PrepareForSleep``, properties ``Active`` and
``LockedHint``, method ``Inhibit``; systemd's "Inhibitor Locks".
"""

from __future__ import annotations

import os
from typing import Any

from jeepney.bus_messages import MatchRule
from jeepney.fds import FileDescriptor
from jeepney.low_level import HeaderFields, Message
from jeepney.wrappers import DBusAddress, Properties, new_method_call

from leaddesk.workstation.bus.line import BusLine, NoBus
from leaddesk.workstation.signs import Sign

NAME, ROOT = "org.freedesktop.login1", "/org/freedesktop/login1"
_MANAGER, _SESSION = f"{NAME}.Manager", f"{NAME}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_WHO, _WHY = "leaddesk", "lock and wipe before sleep"
_TOLD_BY = {"Active": (False, Sign.SWITCHED), "LockedHint": (True, Sign.DESKTOP)}


class Logind:
    """logind over one line of the system's bus."""

    def __init__(self, line: BusLine) -> None:
        self._line = line
        self._manager = DBusAddress(ROOT, NAME, _MANAGER)
        self._session: str | None = None

    async def subscribe(self) -> bool:
        """Hear what concerns this session; ``False``: there is no logind. Raises ``NoBus``."""
        if not await self._line.has(NAME):
            return False
        await self._line.subscribe(_rule(ROOT, _MANAGER, "PrepareForSleep"))
        self._session = await self._own_session()
        if self._session is not None:
            await self._line.subscribe(_rule(self._session, _SESSION, "Lock"))
            await self._line.subscribe(_rule(self._session, _PROPERTIES, "PropertiesChanged"))
        return True

    @property
    def knows_session(self) -> bool:
        """Whether this session was found: else nothing tells of its lock and of another person's turn."""
        return self._session is not None

    async def stands(self) -> Sign | None:
        """Return what was told before anybody listened: the machine is about to sleep, it is locked, another
        person's session is shown. What logind does not say is taken for the usual. Call once subscribed.
        """
        if await self._property(self._manager, "PreparingForSleep") is True:
            return Sign.SLEEP
        if self._session is None:
            return None
        session = DBusAddress(self._session, NAME, _SESSION)
        for name, (value, sign) in _TOLD_BY.items():
            if await self._property(session, name) is value:
                return sign
        return None

    async def _property(self, of: DBusAddress, name: str) -> object:
        try:
            ((_, value),) = await self._line.ask(Properties(of).get(name))
        except (NoBus, ValueError, TypeError):
            return None
        return value

    async def hold_sleep(self) -> FileDescriptor:
        """Delay sleep until the descriptor is closed. Raises ``NoBus``."""
        words = ("sleep", _WHO, _WHY, "delay")
        (held,) = await self._line.ask(new_method_call(self._manager, "Inhibit", "ssss", words))
        if not isinstance(held, FileDescriptor):
            raise NoBus
        return held

    def sign_of(self, message: Message) -> Sign | None:
        """Read a signal."""
        fields = message.header.fields
        member = fields.get(HeaderFields.member)
        if member == "PrepareForSleep":
            return Sign.SLEEP if message.body == (True,) else Sign.AWAKE
        if fields.get(HeaderFields.path) != self._session or self._session is None:
            return None
        if member == "Lock":
            return Sign.DESKTOP
        return _changed(message.body) if member == "PropertiesChanged" else None

    async def _own_session(self) -> str | None:
        """Find this session: by the process, by its variable, else the one the person sees.

        A program started by a service of the desktop is in no session of logind's own.
        """
        asked = [new_method_call(self._manager, "GetSessionByPID", "u", (os.getpid(),))]
        if named := os.environ.get("XDG_SESSION_ID"):
            asked.append(new_method_call(self._manager, "GetSession", "s", (named,)))
        for call in asked:
            try:
                return str((await self._line.ask(call))[0])
            except NoBus:
                continue
        user = DBusAddress(f"{ROOT}/user/self", NAME, f"{NAME}.User")
        try:
            ((_, (_, path)),) = await self._line.ask(Properties(user).get("Display"))
        except (NoBus, ValueError, TypeError):
            return None
        return str(path) if path and path != "/" else None


def _changed(body: tuple[Any, ...]) -> Sign | None:
    if len(body) != 3 or body[0] != _SESSION or not isinstance(body[1], dict):
        return None
    for name, (value, sign) in _TOLD_BY.items():
        if body[1].get(name, (None, None))[1] is value:
            return sign
    return None


def _rule(path: str, interface: str, member: str) -> MatchRule:
    """Only what logind itself says: on the system's bus anybody may emit a signal."""
    return MatchRule(type="signal", sender=NAME, path=path, interface=interface, member=member)
