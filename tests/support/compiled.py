"""A pytest plugin: test files are compiled once, not by every process anew; the window suite writes nothing.

The product forbids Python to write byte code, wherever it is imported (`leaddesk/__init__.py`). Tests keep
theirs in `__pycache__`: every worker collects every file, and rewriting the assertions costs most of that.
Each worker begins with a share of the files that nobody else begins with, and finds the others' share done.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path

import pytest

import leaddesk
from tests.support.suites import NO_WRITES

assert sys.modules["leaddesk"] is leaddesk  # from here on it says nothing about byte code any more
sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode or os.environ.get(NO_WRITES))
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> object:
    """Import this worker's share before all files are collected in order."""
    place = getattr(session.config, "workerinput", None)
    if place is not None and sys.platform == "linux" and not sys.dont_write_bytecode:
        names, number = _names(session.config), int(place["workerid"].removeprefix("gw"))
        count = int(place["workercount"])
        for name in names[len(names) * number // count : len(names) * (number + 1) // count]:
            with contextlib.suppress(Exception):  # collecting it says what is wrong
                importlib.import_module(name)
    return (yield)


def _names(config: pytest.Config) -> list[str]:
    """The modules of the files that will be collected."""
    left_out = [Path(one).absolute() for one in config.getoption("ignore") or ()]
    roots = [ROOT / one for one in config.args]
    found = {path for root in roots for path in ([root] if root.is_file() else root.rglob("test_*.py"))}
    kept = [path for path in sorted(found) if not any(path.is_relative_to(one) for one in left_out)]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in kept]
