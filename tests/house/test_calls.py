"""Calls that have no place in the house, each with the rule behind it; planted ones are found."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import Module, calls, imported, modules

#: imported name -> where it may be all the same
BANNED_IMPORTS = {
    "tempfile": ("leaddesk.demo",),
    "shelve": (),
    "dbm": (),
    "pickle": (),
    "PySide6.QtCore.QSettings": (),
    "PySide6.QtCore.QTemporaryFile": (),
    "PySide6.QtCore.QTemporaryDir": (),
    "PySide6.QtCore.QSaveFile": (),
    "PySide6.QtCore.QThread": (),
    "PySide6.QtCore.QThreadPool": (),
    "PySide6.QtWidgets.QMessageBox": (),
    "PySide6.QtWidgets.QFileDialog": ("leaddesk.ui.kit.floating.choosing",),  # reads
    "PySide6.QtWidgets.QTextBrowser": (),
}
#: called name -> where it may be called all the same
BANNED_CALLS = {
    "exec": ("leaddesk.wiring.application",),  # outermost: waits for the first frame, before the main loop
    "exec_": ("leaddesk.server.database.speaking",),  # libpq's PQexec by its name in psycopg, no nested loop
    "processEvents": (),
    "setHtml": (),
    "write_text": ("leaddesk.demo", "leaddesk.server.installation.physical"),
    "write_bytes": ("leaddesk.demo",),
    "mkdir": ("leaddesk.demo", "leaddesk.server.installation"),
    "mkdtemp": ("leaddesk.demo",),
    "QLabel": ("leaddesk.ui.kit",),
}
#: modules whose own thread may sleep
WRITERS = ("leaddesk.demo", "leaddesk.server.installation.physical")
"""The tour's pictures; a data folder for PostgreSQL."""
MAY_SLEEP = ("leaddesk.server.leash",)
WRITING = set("wax+")
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}


def found(module: Module) -> Iterator[str]:
    """What of the lists above a module does, as `path:line what`."""
    for line, name in imported(module.tree):
        places = next(
            (BANNED_IMPORTS[ban] for ban in BANNED_IMPORTS if f"{name}.".startswith(f"{ban}.")), None
        )
        if places is not None and not module.is_below(*places):
            yield f"{module.path}:{line} import of {name}"
    for call, name in calls(module.tree):
        where = f"{module.path}:{call.lineno}"
        if name in BANNED_CALLS and not module.is_below(*BANNED_CALLS[name]):
            yield f"{where} {name}()"
        if name == "open" and not module.is_below(*WRITERS) and opens_for_writing(call):
            yield f"{where} open() for writing"
        if name == "sleep" and not module.is_below(*MAY_SLEEP) and ast.unparse(call.func) == "time.sleep":
            yield f"{where} time.sleep()"
        if (
            name in ("create_task", "ensure_future")
            and module.is_below("leaddesk.ui")
            and module.name != "leaddesk.ui.kit.tasks"
        ):
            yield f"{where} {name}() outside TaskScope"
        if name in LOG_METHODS and call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            yield f"{where} a value formatted into a log message"
        if name == "setTextFormat" and "PlainText" not in ast.unparse(call):
            yield f"{where} text that is not plain"


def opens_for_writing(call: ast.Call) -> bool:
    """True for open(path, "w") and for path.open("w"), with any mode that changes a file."""
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(len(mode) <= 4 and set(mode) & WRITING for mode in modes)


def test_src_makes_no_banned_call() -> None:
    assert [line for module in modules() for line in found(module)] == []


PLANTED = [
    "import tempfile",
    "from PySide6.QtCore import QSettings",
    "from PySide6.QtCore import QThread",
    "dialog.exec()",
    "app.processEvents()",
    "open(path, 'w')",
    "path.open('ab')",
    "path.write_text('x')",
    "import time\ntime.sleep(1)",
    "QLabel('Hallo')",
    "asyncio.create_task(work())",
    "logger.warning(f'{name}')",
    "label.setTextFormat(Qt.TextFormat.AutoText)",
    "view.setHtml(text)",
]


@pytest.mark.parametrize("source", PLANTED)
def test_a_planted_call_is_found(source: str) -> None:
    assert list(found(Module("planted.py", "leaddesk.ui.planted", source)))


@pytest.mark.parametrize(
    "source", ["path.open('rb')", "open(path)", "logger.info('done %s', n)", "rows.execute(sql)"]
)
def test_an_innocent_call_is_not(source: str) -> None:
    assert not list(found(Module("planted.py", "leaddesk.ui.planted", source)))
