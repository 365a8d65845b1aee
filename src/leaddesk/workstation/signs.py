"""What a desktop tells that ends looking at the screen."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Sign(StrEnum):
    """DESKTOP: it locks. SLEEP: the machine is about to. SWITCHED: another person's session is shown.

    AWAKE: the machine is back; time may have passed that no timer counted.
    """

    DESKTOP = "desktop"
    SLEEP = "sleep"
    SWITCHED = "switched"
    AWAKE = "awake"


class Teller(StrEnum):
    """Who can tell on a Linux desktop, as doctor names them; one has some of them."""

    LOGIND = "logind"
    FREEDESKTOP = "freedesktop"
    GNOME = "GNOME"
    KDE = "KDE"
    XFCE = "Xfce"
    CINNAMON = "Cinnamon"
    MATE = "MATE"


Hear = Callable[[Sign], object]
"""Called on the loop's thread. When it returns, what a sign asks for is done: a sleep may go on."""
