"""What screen savers of the desktops say on the session's bus: that they cover the screen.

Every desktop has a name of its own beside the common one; KDE speaks under the common one only. Sources: the
introspection of ``org.gnome.ScreenSaver`` and ``org.xfce.ScreenSaver``; "Idle Inhibition Service" of
freedesktop.org for the common one.
"""

from __future__ import annotations

import contextlib

from jeepney.bus_messages import MatchRule
from jeepney.low_level import HeaderFields, Message
from jeepney.wrappers import DBusAddress, new_method_call

from leaddesk.workstation.bus.line import BusLine, NoBus
from leaddesk.workstation.signs import Sign, Teller

SAVERS = {
    "org.gnome.ScreenSaver": Teller.GNOME,
    "org.freedesktop.ScreenSaver": Teller.FREEDESKTOP,
    "org.xfce.ScreenSaver": Teller.XFCE,
    "org.cinnamon.ScreenSaver": Teller.CINNAMON,
    "org.mate.ScreenSaver": Teller.MATE,
}
"""Each name is the interface too, with slashes its path; all have ``ActiveChanged(b)`` and ``GetActive``."""

_KDE = "org.kde.screensaver"
"""Owned where KDE's own locker speaks under the common name."""


async def subscribe(line: BusLine) -> None:
    """Hear of all of them, also of one that starts later. Raises ``NoBus``."""
    for interface in SAVERS:
        await line.subscribe(MatchRule(type="signal", interface=interface, member="ActiveChanged"))


async def who_tells(line: BusLine) -> list[Teller]:
    """Return which of them are there now. Raises ``NoBus``."""
    found = [teller for name, teller in SAVERS.items() if await line.has(name)]
    return found + ([Teller.KDE] if await line.has(_KDE) else [])


async def covers(line: BusLine) -> bool:
    """Tell whether one of them covers the screen already. Raises ``NoBus`` when the bus hangs up.

    Nobody is started for the question, and who cannot answer it covers nothing.
    """
    for name in SAVERS:
        if await line.has(name):
            saver = DBusAddress("/" + name.replace(".", "/"), name, name)
            with contextlib.suppress(NoBus):
                if await line.ask(new_method_call(saver, "GetActive")) == (True,):
                    return True
    return False


def sign_of(message: Message) -> Sign | None:
    """Read a signal: only what covers the screen matters."""
    fields = message.header.fields
    told = fields.get(HeaderFields.interface) in SAVERS and fields.get(HeaderFields.member) == "ActiveChanged"
    return Sign.DESKTOP if told and message.body == (True,) else None
