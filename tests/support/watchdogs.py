"""A pytest plugin: a test fails that warns unexpectedly, leaves something behind or reaches too far.

- an unexpected record of level WARNING or above (expected: `@pytest.mark.warns("leaddesk.some.logger")`)
- a task that was still unfinished when its loop closed, or lives on in another loop
- a Qt timer still running, a new window still visible
- a socket beyond loopback
- a file changed outside the test's own directory; in the window suite, any file changed
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.audit import recorder
from tests.support.leftovers import CutShort, QtLeftovers, unfinished_tasks
from tests.support.suites import NO_WRITES

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPORARY = Path(tempfile.gettempdir()).resolve()  # asked once: asking writes
CACHES = (".hypothesis", ".import_linter_cache", ".mypy_cache", ".ruff_cache")
OWN_FOLDERS = (TEMPORARY, ROOT / "build", *(ROOT / name for name in CACHES))
WRITTEN_BY_HAND = (ROOT / "tests" / "pictures",) if os.environ.get("UPDATE_PICTURES") else ()
cut_short = CutShort()
qt_before = pytest.StashKey[QtLeftovers]()
warned = pytest.StashKey["WarningLog"]()


class WarningLog(logging.Handler):
    """Keeps `logger: message` of each record of level WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging for every record that reaches the root."""
        self.records.append((record.name, record.getMessage()))


def may_write(path: Path) -> bool:
    """Where a test may write: the temporary folder, build, tool caches; in the window suite nowhere.

    By hand, with UPDATE_PICTURES, tests/support/likeness.py writes the committed pictures.
    """
    if any(path.is_relative_to(folder) for folder in WRITTEN_BY_HAND):
        return True
    if os.environ.get(NO_WRITES):
        return False
    return "__pycache__" in path.parts or any(path.is_relative_to(folder) for folder in OWN_FOLDERS)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the one marker of this plugin."""
    config.addinivalue_line(
        "markers", "warns(*loggers): log records of these loggers are expected, children included"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Begin to watch, before any fixture."""
    item.stash[warned] = WarningLog()
    item.stash[qt_before] = QtLeftovers()
    logging.getLogger().addHandler(item.stash[warned])
    cut_short.names.clear()
    recorder.begin(may_write)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Judge once all fixtures of the test are gone."""
    try:
        return (yield)
    finally:
        recorder.end()
        logging.getLogger().removeHandler(item.stash[warned])
        complaints = _complaints(item)
        if complaints:
            pytest.fail("watchdog: " + "; ".join(complaints), pytrace=False)


def _complaints(item: pytest.Item) -> list[str]:
    windows, timers = item.stash[qt_before].after()
    expected = tuple(name for marker in item.iter_markers("warns") for name in marker.args)
    logged = [f"{name}: {text}" for name, text in item.stash[warned].records if not _is_below(name, expected)]
    found = {
        "unexpected log": logged,
        "unfinished task": [*cut_short.names, *unfinished_tasks()],
        "running timer": timers,
        "open window": windows,
        "socket beyond loopback": recorder.beyond,
        "file changed": recorder.written,
    }
    return [f"{what} {', '.join(names)}" for what, names in found.items() if names]


def _is_below(name: str, loggers: tuple[str, ...]) -> bool:
    return any(name == logger or name.startswith(f"{logger}.") for logger in loggers)
