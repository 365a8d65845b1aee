"""The first frame needs nothing but Qt and paint: all that costs time comes after it (performance, P1)."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leaddesk.ui.kit.brand.instance import Instance, InstanceKind
from leaddesk.ui.kit.brand.marks import InstanceMark
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.opening.first_sight import mark_place
from leaddesk.ui.shell.opening.starting_page import StartingPage

HEAVY = ("httpx", "pydantic", "keyring", "msgspec", "truststore", "qasync", "asyncio", "ssl")
PROGRAM = """
import sys
import leaddesk.ui.shell.main_window, leaddesk.ui.signin.sign_in_page, leaddesk.ui.theme.style
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
FIRST = """
import sys
import leaddesk.wiring.front
import PySide6.QtCore
print(*sys.modules, *("PySide6.QtCore." + name for name in vars(PySide6.QtCore)))
"""
LATE = (
    "asyncio",
    "datetime",
    "PySide6.QtSvg",
    "PySide6.QtCore.Qt",
    "leaddesk.ui.kit.buttons",
    "leaddesk.ui.theme.stylesheet",
)


def ran(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_window_and_sign_in_page_import_nothing_heavy() -> None:
    assert [name for name in HEAVY if name in ran(PROGRAM)] == []


def test_what_the_first_frame_imports_stays_small() -> None:
    assert [name for name in LATE if name in ran(FIRST)] == []


def test_the_first_sight_is_paint_and_the_starting_page_follows(qtbot: QtBot) -> None:
    window = MainWindow(Instance("Live"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    assert window.children() == []
    edge, mark = QPoint(1, 400), mark_place(window.size()).center().toPoint()
    before = window.grab().toImage()
    assert isinstance(window.page(), StartingPage)
    QApplication.processEvents()
    after = window.grab().toImage()
    assert before.pixelColor(edge) == after.pixelColor(edge)
    assert before.pixelColor(mark - QPoint(12, 12)) == after.pixelColor(mark - QPoint(12, 12))
    assert before.pixelColor(QPoint(700, 60)) == after.pixelColor(QPoint(700, 60))


def test_the_mark_does_not_move_when_its_letter_appears(qtbot: QtBot) -> None:
    window = MainWindow(Instance("Demo", InstanceKind.DEMO))
    qtbot.addWidget(window)
    window.show()
    window.furnish()
    QApplication.processEvents()
    found = window.findChild(InstanceMark)
    assert found is not None
    stands = QRectF(QPoint(found.mapTo(window, QPoint())), found.size())
    planned = mark_place(window.size())
    assert abs(stands.x() - planned.x()) <= 1
    assert abs(stands.y() - planned.y()) <= 1
    assert stands.size() == planned.size()
