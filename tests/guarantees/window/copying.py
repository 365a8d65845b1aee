"""A10: whichever way something is copied, it is marked, forgotten in time, and nobody else's copy is touched.

All ways of a person – keys, menus, buttons, a row of the list – are gone with generated texts. After each,
the clipboard carries every mark, the primary selection is empty, and the copy is gone after its time, at lock
or at the program's end; what another program put there meanwhile stays. Where the tenant allows no copying,
nothing is copied.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QMimeData, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit import clipboard as kit
from leaddesk.ui.kit.clipboard import MARKS, SECONDS, Clipboard, shared
from leaddesk.ui.kit.entry.edits import LineEdit, TextEdit
from leaddesk.ui.kit.presenting import cells
from tests.guarantees.figure import Figure
from tests.stories.stage import Stage

SHORT, FULL, PATIENCE = 200, 5_000, 60_000
CONTROL = Qt.KeyboardModifier.ControlModifier
FOREIGN = "von jemand anderem"
Way = Callable[[str], object]


def ways(window: QWidget) -> dict[str, Way]:
    """All ways by which text is copied."""
    line, note = LineEdit(parent=window), TextEdit(parent=window)

    def typed(key: Qt.Key, edit: LineEdit | TextEdit) -> Way:
        def act(words: str) -> None:
            edit.setText(words) if isinstance(edit, LineEdit) else edit.setPlainText(words)
            edit.selectAll()
            QTest.keyClick(edit, key, CONTROL)

        return act

    def menu(edit: LineEdit | TextEdit, cut: bool) -> Way:
        def act(words: str) -> None:
            edit.setText(words) if isinstance(edit, LineEdit) else edit.setPlainText(words)
            edit.selectAll()
            edit.copy_out(cut=cut)

        return act

    found: dict[str, Way] = {"button": lambda words: shared().copy(words)}
    found["row"] = lambda words: shared().copy(cells.row([words, "Kiel"]))
    for name, edit in (("line", line), ("note", note)):
        found |= {f"{name} key copy": typed(Qt.Key.Key_C, edit), f"{name} key cut": typed(Qt.Key.Key_X, edit)}
        found |= {f"{name} menu copy": menu(edit, False), f"{name} menu cut": menu(edit, True)}
    return found


class Campaign:
    """Copies at random and looks."""

    def __init__(self) -> None:
        self._system = QGuiApplication.clipboard()
        self._drawn = random.Random(110)
        self.looked, self.findings = 0, list[str]()

    def round(self, name: str, way: Way) -> None:
        """Copy once, and see what becomes of it."""
        words = f"Anna {self._drawn.getrandbits(40):x} Meyer"
        way(words)
        data = self._system.mimeData()
        self._say(data is not None and words in data.text(), f"{name}: not copied")
        self._say(all(data.hasFormat(mark) for mark in MARKS), f"{name}: a mark is missing")
        self._say(self._system.text(QClipboard.Mode.Selection) == "", f"{name}: in the primary selection")
        end = self._drawn.choice(("time", "lock", "exit", "foreign"))
        if end == "foreign":
            self._foreign(name)
        else:
            self._end(end)
            self._say(words not in self._system.text(), f"{name}: there after {end}")
        self.looked += 1

    def refused(self, name: str, way: Way) -> None:
        """Try to copy where the tenant does not allow it."""
        told: list[int] = []
        shared().refused.connect(lambda: told.append(1))
        shared().allow(False)
        way("Anna Meyer")
        shared().allow(True)
        self._say("Anna" not in self._system.text() and bool(told), f"{name}: copied against the rule")
        self.looked += 1

    def _foreign(self, name: str) -> None:
        other = QMimeData()
        other.setText(FOREIGN)
        self._system.setMimeData(other)
        self._end(self._drawn.choice(("time", "lock", "exit")))
        self._say(self._system.text() == FOREIGN, f"{name}: somebody else's copy is gone")

    def _end(self, end: str) -> None:
        mine: Clipboard = shared()
        if end == "lock":
            mine.clear_if_ours()
        elif end == "exit":
            app = QCoreApplication.instance()
            assert app is not None
            app.aboutToQuit.emit()
        else:
            mine._timer.start(0)
            for _ in range(PATIENCE // 10):
                if not mine._timer.isActive():
                    return
                QTest.qWait(10)

    def _say(self, good: bool, finding: str) -> None:
        if not good:
            self.findings.append(finding)


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Copy in every way; with ``planted`` a copy is marked for nobody and outlives its time."""
    count = FULL if os.environ.get("FULL") == "1" else SHORT
    command = (sys.executable, "-B", "-m", __name__, str(count), "planted" if planted else "")
    surroundings = {**os.environ, **env, "QT_QPA_PLATFORM": "offscreen"}
    work = await asyncio.create_subprocess_exec(*command, env=surroundings, stdout=asyncio.subprocess.PIPE)
    said, _ = await work.communicate()
    if work.returncode:
        return Figure("copies: it broke off ({found} of {looked})", 0, ("it broke off",))
    looked, findings = json.loads(said.splitlines()[-1])
    sentence = "copies: {found} of {looked:,} unmarked, left behind, or taken from somebody else"
    return Figure(sentence, looked, tuple(findings[:20]))


def main() -> int:
    """Run as a process of its own: it has an application of its own."""
    Stage()
    count, planted = int(sys.argv[1]), "planted" in sys.argv
    campaign, window = Campaign(), QWidget()
    window.show()
    found = list(ways(window).items())
    if SECONDS > 30:
        campaign.findings.append("a copy lives longer than 30 seconds")
    broken = patch.object(kit, "MARKS", {}) if planted else nullcontext()
    with broken:
        for number in range(count):
            campaign.round(*found[number % len(found)])
        for name, way in found:
            campaign.refused(name, way)
    sys.stdout.write(json.dumps([campaign.looked, campaign.findings]) + "\n")
    sys.stdout.flush()
    os._exit(0)  # after thousands of copies the binding's own way out of the interpreter may crash


if __name__ == "__main__":
    sys.exit(main())
