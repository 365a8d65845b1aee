"""The demo's other windows: a button a role, credentials through a pipe, nothing outlives the demo."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.demo.beside import Beside
from leaddesk.demo.child import DemoPerson
from leaddesk.personal.masked import Secret
from leaddesk.settings.settings import read_settings
from leaddesk.ui.kit.buttons import Button

PASSWORD = "a-demo-password"
READ_ALL = "import sys; sys.stdin.read()"


def test_a_pressed_role_gets_a_process_that_ends_with_the_demo(
    window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], subprocess.Popen[bytes]]] = []
    popen = subprocess.Popen

    def start(arguments: list[str], **more: Any) -> subprocess.Popen[bytes]:
        process = popen([sys.executable, "-B", "-c", READ_ALL], **more)
        started.append((arguments, process))
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    people = {"admin": DemoPerson("Thomas Lüders", "t@wagner.example", Secret(PASSWORD), "admin")}
    beside = Beside(read_settings(["--theme", "dark"], {}), "http://127.0.0.1:1", people)
    strip = beside.strip()
    QVBoxLayout(window).addWidget(strip)
    (button,) = strip.findChildren(Button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    ((arguments, process),) = started
    assert PASSWORD not in " ".join(arguments) and process.poll() is None
    beside.close()
    assert process.returncode == 0


def test_the_line_says_who_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[bytes] = []

    class Started:
        stdin = property(lambda self: self)

        def __init__(self, *_: Any, **__: Any) -> None: ...
        def write(self, line: bytes) -> None:
            lines.append(line)

        def flush(self) -> None: ...
        def close(self) -> None: ...
        def wait(self, _: float) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Started)
    person = DemoPerson("Björn Hansen", "b@solar-nord.example", Secret(PASSWORD), "rep")
    beside = Beside(
        read_settings(["--theme", "dark", "--language", "en"], {}), "http://127.0.0.1:9", {"partner": person}
    )
    strip = beside.strip()
    strip.findChildren(Button)[0].click()
    beside.close()
    assert json.loads(lines[0]) == {
        "url": "http://127.0.0.1:9",
        "email": "b@solar-nord.example",
        "password": PASSWORD,
        "theme": "dark",
        "language": "en",
    }
