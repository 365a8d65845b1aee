"""Each watchdog turns a planted violation red and leaves its innocent neighbour green."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.suites import NO_WRITES, ROOT

EXPECTED = {
    "test_log": "unexpected log leaddesk.planted: something is odd",
    "test_log_of_a_failing_subscriber": "unexpected log leaddesk.personal.unexpected: unexpected Zero",
    "test_task": "unfinished task sleep",
    "test_timer": "running timer QTimer",
    "test_window": "open window QWidget",
    "test_socket": "socket beyond loopback 192.0.2.1",
    "test_lookup": "socket beyond loopback somewhere.example",
    "test_write": "file changed",
    "test_folder": "file changed",
}


def run_planted(folder: Path, **env: str) -> dict[str, str]:
    """The watchdogs' complaint for each red test of tests/support/planted.py."""
    command = [sys.executable, "-B", "-m", "pytest", "tests/support/planted.py", "--capture=sys"]
    surroundings = (
        os.environ | {"QT_QPA_PLATFORM": "offscreen", "PLANTED_FOLDER": str(folder), "COLUMNS": "300"} | env
    )
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=60
    )
    return dict(re.findall(r"^ERROR \S+::(\w+) - Failed: watchdog: (.*)$", done.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What turned red under the window suite's rule: nothing may be written."""
    return run_planted(tmp_path_factory.mktemp("planted"), **{NO_WRITES: "1"})


@pytest.mark.parametrize("name", EXPECTED)
def test_a_planted_violation_turns_red(name: str, red: dict[str, str]) -> None:
    assert EXPECTED[name] in red.get(name, "stayed green")


def test_the_innocent_stay_green(red: dict[str, str]) -> None:
    assert set(red) == set(EXPECTED)


def test_headless_tests_may_write_in_the_temporary_folder_only(tmp_path: Path) -> None:
    inside = run_planted(tmp_path)
    outside = run_planted(ROOT / "tests" / "no-such-folder")
    assert "test_write" not in inside and "test_folder" not in inside
    assert "file changed" in outside["test_write"] and "file changed" in outside["test_folder"]
