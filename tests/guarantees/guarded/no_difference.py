"""A4: the window suite comes to the same verdicts, test by test, inside the guard and without it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Mapping

from tests.guarantees.figure import Figure
from tests.support.guarded import GUARDED
from tests.support.suites import NO_WRITES, ROOT

SHORT = ("tests/ui/signin", "tests/ui/shell", "tests/ui/kit")
FULL = ("tests/ui",)
VERDICT = re.compile(r"^(tests/\S+(?: .*)?) (PASSED|FAILED|ERROR|SKIPPED)\b", re.MULTILINE)
REASON = re.compile(r"^(?:FAILED|ERROR) (tests/\S+(?: .*?)?)(?: - (.*))?$", re.MULTILINE)
PATIENCE = 1_800
OPTIONS = ("-v", "-o", "addopts=-p no:cacheprovider -p no:schemathesis --import-mode=importlib", "--color=no")
QUIET = ("--capture=sys", "-p", "no:tmpdir")
PLANTED = """
import sys
from leaddesk.guard import seccomp
for name, one in list(seccomp.MACHINES.items()):
    sockets = {"x86_64": 41, "aarch64": 198}[name]
    seccomp.MACHINES[name] = one._replace(refused=(*one.refused, sockets))
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""
"""The product with a broken part: a guard that refuses sockets as well, without which there is no window."""


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Run the suite twice and compare; a test that fails in both is a finding too."""
    folders = FULL if os.environ.get("FULL") == "1" else SHORT
    free, why = await _verdicts(env, folders, guarded=False, planted=False)
    inside, why_inside = await _verdicts(env, folders, guarded=True, planted=planted)
    names, reasons = free.keys() | inside.keys(), why | why_inside
    findings = [
        f"{name}: {free.get(name)}, guarded {inside.get(name)} ({reasons.get(name, '')})"
        for name in sorted(names)
        if free.get(name) != inside.get(name) or free.get(name) != "PASSED"
    ]
    return Figure("no-difference: {found} in {looked:,} tests of windows", len(free), tuple(findings))


async def _verdicts(
    env: Mapping[str, str], folders: tuple[str, ...], *, guarded: bool, planted: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return verdicts, and the reasons of those that are not good, test by test."""
    part = ("-c", PLANTED) if planted else ("-m", "pytest")
    surroundings = {"QT_QPA_PLATFORM": "xcb", NO_WRITES: "1", GUARDED: "1" if guarded else "0"}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-B", *part, *OPTIONS, *QUIET, *folders],
        cwd=ROOT,
        env=dict(env) | surroundings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return dict(VERDICT.findall(done.stdout)), dict(REASON.findall(done.stdout))
