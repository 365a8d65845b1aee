"""What other systems leave out exists: a renamed test would silently run, or break, there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import LINUX_ONLY

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def test_what_is_tested_on_linux_only_is_there() -> None:
    assert [place for place in LINUX_ONLY if not (ROOT / "tests" / place).exists()] == []


def test_what_the_workflow_deselects_is_there() -> None:
    deselected = re.findall(r"--deselect (\S+)::(\w+)", WORKFLOW.read_text())
    assert deselected
    for file, test in deselected:
        assert f"def {test}(" in (ROOT / file).read_text()
