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
import leaddesk.session.keeper.keeper
import leaddesk.wiring.front
import PySide6.QtCore
print(*sys.modules, *("PySide6.QtCore." + name for name in vars(PySide6.QtCore)))
"""
AFTER_THE_ROWS = (
    "leaddesk.ui.signin",
    "leaddesk.ui.shell.lock.countdown",
    "leaddesk.ui.shell.lock.lock_page",
    "leaddesk.ui.shell.lock.lock_presenter",
    "leaddesk.ui.shell.help.keys_dialog",
    "leaddesk.ui.shell.outbox.change_row",
    "leaddesk.ui.shell.outbox.conflict_dialog",
    "leaddesk.ui.shell.outbox.outage_note",
    "leaddesk.ui.shell.outbox.unsent_dialog",
    "leaddesk.ui.shell.outbox.waiting_changes_pane",
    "leaddesk.ui.leads.detail",
    "leaddesk.ui.approvals",
    "leaddesk.ui.sharing",
    "leaddesk.contract.accounts",
    "leaddesk.contract.attachments",
    "leaddesk.decoding",
    "leaddesk.desk.attachments",
    "leaddesk.demo",
    "leaddesk.doctor",
    "leaddesk.server",
    "keyring",
    "secretstorage",
    "truststore",
    "click",
    "rich",
    "pydantic.networks",
)
"""What a morning's first rows do without; packages mean everything in them."""
ROWS = """
import asyncio, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from leaddesk.wiring.light_start import travel_light
travel_light()
from PySide6.QtWidgets import QApplication
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.settings.address import read_address
from leaddesk.settings.environment import disarm
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style
from leaddesk.wiring.client import ClientWindow, prepare
from leaddesk.wiring.seating import Place

async def opened():
    await prepare()
    before = set(sys.modules)
    client = ClientWindow(app, style, window)
    client.open(Place(read_address("http://127.0.0.1:1", ""), Instance("Live"), KeyringVault()))
    print(*sys.modules, "|", *(name for name in set(sys.modules) - before if name.startswith("leaddesk")))
    await client.close()

disarm(os.environ)
app = QApplication([])
style, window = Style(app), MainWindow(Instance("Live"))
style.apply(None)
window.furnish()
asyncio.run(opened())
"""
LIGHT = """
import builtins, gc, linecache, sys, types
import leaddesk.__main__ as door

def client(settings, keeper, carried):
    import leaddesk.wiring.application
    plain = builtins.__import__ is builtins.__orig_import__
    ours = [name for name in linecache.cache if "leaddesk" in name]
    print("plain" if plain else "replaced", "collecting" if gc.isenabled() else "paused", *ours)
    return 0

sys.modules["leaddesk.wiring.front"] = types.SimpleNamespace(run_client=client)
door.main(["--server", "http://127.0.0.1:1"])
"""
LATE = (
    "asyncio",
    "datetime",
    "subprocess",
    "keyring",
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


def test_what_the_first_rows_import_stays_small() -> None:
    found, _, unprepared = " ".join(ran(ROWS)).partition(" | ")
    loaded = found.split()
    late = [
        name for name in loaded if any(name == one or name.startswith(f"{one}.") for one in AFTER_THE_ROWS)
    ]
    late += [name for name in loaded if name.startswith("_sysconfigdata")]
    assert late == []
    assert unprepared.split() == [], "imported in one go, while keyring and server could have been heard"


def test_a_start_collects_nothing_and_reads_no_sources() -> None:
    assert ran(LIGHT) == ["plain", "paused"]


def test_after_a_start_the_collector_runs_and_passes_over_what_stays() -> None:
    program = """
import gc, sys
from leaddesk.wiring.light_start import settle_down, travel_light
usual = sys.getswitchinterval()
travel_light()
settle_down()
print(gc.isenabled(), gc.get_freeze_count() > 10_000, sys.getswitchinterval() == usual)
"""
    assert ran(program) == ["True", "True", "True"]


def test_the_first_sight_is_paint_and_the_starting_page_follows(qtbot: QtBot) -> None:
    window = MainWindow(Instance("Live"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window, timeout=60_000)
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
