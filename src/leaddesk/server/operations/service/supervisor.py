"""What a supervisor is told: ready, alive, ending (sd_notify(3), systemd.service(5) "WatchdogSec").

Without ``NOTIFY_SOCKET`` in the environment there is none, and nothing is told. Whoever does not say that
it is alive – its loop hangs – is ended and started anew by the supervisor.
"""

import asyncio
import os
import socket
from collections.abc import Mapping

_PER_SECOND = 1_000_000


class Supervisor:
    """Datagrams to the supervisor's socket; one that is not taken is no failure of the server."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = _beat_seconds(environment)

    @property
    def is_there(self) -> bool:
        """Tell whether somebody asked to be told."""
        return self._address.startswith(("/", "@"))

    def ready(self) -> None:
        """Tell that the first request would be answered; from now on that the running loop lives."""
        self._tell("READY=1")
        if self._every is not None and self.is_there:
            self._beat(asyncio.get_running_loop(), self._every)

    def ending(self) -> None:
        """Tell that the orderly end has begun."""
        self._tell("STOPPING=1")

    def _beat(self, loop: asyncio.AbstractEventLoop, every: float) -> None:
        self._tell("WATCHDOG=1")
        loop.call_later(every, self._beat, loop, every)

    def _tell(self, word: str) -> None:
        if not self.is_there:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(1.0)
                line.sendto(word.encode(), address)
        except OSError:
            return


def _beat_seconds(environment: Mapping[str, str]) -> float | None:
    """Return how often to say that one lives: twice in the time that is allowed."""
    allowed = environment.get("WATCHDOG_USEC", "")
    for_us = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(allowed) / _PER_SECOND / 2 if for_us and allowed.isascii() and allowed.isdigit() else None
