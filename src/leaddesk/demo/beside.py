"""The windows beside the demo's: the admin's and a partner's, each a process of its own, ended with ours."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from leaddesk.demo.child import DemoPerson
from leaddesk.settings.settings import Language, Settings
from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import language, text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

END_SECONDS = 5.0
ROLES = ("admin", "partner", "rep")


class Beside:
    """Offers the other roles in a strip under the window and opens a window for each that is pressed.

    Invariant: every process it started ends at :meth:`close`; credentials go through a pipe only.
    """

    def __init__(self, settings: Settings, url: str, people: dict[str, DemoPerson]) -> None:
        self._settings, self._url, self._people = settings, url, people
        self._opened: list[subprocess.Popen[bytes]] = []

    def strip(self) -> QWidget:
        """Return what stands under the window: that all is play data, and a button a role."""
        px = current().px
        strip = Pane("sunken")
        row = QHBoxLayout(strip)
        row.setContentsMargins(px(16), px(6), px(16), px(6))
        row.setSpacing(px(8))
        row.addWidget(PlainLabel(text("demo.beside"), TextStyle.CAPTION, "text2", elide=True), 1)
        for role in self._people:
            button = secondary(text(f"demo.{role}"), size=Size.SMALL)
            button.clicked.connect(partial(self._open, role))
            row.addWidget(button)
        return strip

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

    def _open(self, role: str, _checked: bool = False) -> None:
        person = self._people[role]
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
