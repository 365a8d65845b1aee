"""The windows beside the demo's: the admin's and a partner's, each a process of its own, ended with ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

from leaddesk.demo.child import DemoPerson
from leaddesk.settings.settings import Language, Settings
from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.kit.wording import language, text

END_SECONDS = 5.0
ROLES = ("admin", "partner", "rep")


class Beside:
    """Offers the other roles in a toast that stays, and opens a window for the one that is pressed.

    Invariant: every process it started ends at :meth:`close`; credentials go through a pipe only.
    """

    def __init__(self, toasts: ToastHost, settings: Settings, url: str) -> None:
        self._toasts, self._settings, self._url = toasts, settings, url
        self._opened: list[subprocess.Popen[bytes]] = []
        self._offered: dict[str, DemoPerson] = {}

    def offer(self, people: dict[str, DemoPerson]) -> None:
        """Show the roles that may be opened; ``people`` by role."""
        self._offered = people
        actions = [(text(f"demo.{role}"), self._opener(role)) for role in ROLES if role in people]
        self._toasts.show_toast(
            text("demo.beside"), detail=text("demo.beside_why"), actions=actions, seconds=0
        )

    def close(self) -> None:
        """End the windows that are still open."""
        for process in self._opened:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._opened:
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _opener(self, role: str) -> Callable[[], None]:
        return lambda: self._open(role)

    def _open(self, role: str) -> None:
        person = self._offered.pop(role)
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "leaddesk.demo.player"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._opened.append(process)
        part = {
            "url": self._url,
            "email": person.email,
            "password": person.password.reveal(),
            "theme": self._settings.theme.value,
            "language": (self._settings.language or Language(language())).value,
        }
        if process.stdin is not None:
            process.stdin.write(json.dumps(part).encode() + b"\n")
            process.stdin.flush()
        if self._offered:
            self.offer(self._offered)
