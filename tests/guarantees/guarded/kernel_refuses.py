"""A3: the kernel refuses every change, from every thread and child, with every version of its rights."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from leaddesk.guard.landlock import abi
from tests.guarantees.figure import Figure
from tests.guarantees.guarded.attempts import prepare
from tests.support.folders import short_folder

UNGUARDED = -1
PATIENCE = 120
BEYOND_SECCOMP = 1
"""Below this version there is no Landlock at all, and seccomp alone does not refuse making files."""
PLANTED = """
import sys
from leaddesk.guard import seccomp
for name, one in list(seccomp.MACHINES.items()):
    gap = {188, 189, 190} if name == "x86_64" else {5, 6, 7}
    seccomp.MACHINES[name] = one._replace(refused=tuple(set(one.refused) - gap))
from tests.guarantees.guarded.attempts import main
sys.exit(main(sys.argv[1:]))
"""
"""The product with a broken part: its filter forgets attributes, which Landlock leaves open."""


def versions(newest: int) -> list[int]:
    """All that this kernel can be masked to; in short the first, the last without truncate, and its own."""
    if os.environ.get("FULL") == "1":
        return list(range(BEYOND_SECCOMP, newest + 1))
    return sorted({1, min(2, newest), newest})


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Try without a guard what can be done here at all; then with it, and count what still can."""
    newest = abi()
    if newest < BEYOND_SECCOMP:
        return Figure("kernel-refuses: {found} of {looked:,} attempts (this kernel has no Landlock)", 0, ())
    possible = await _tried(env, UNGUARDED, planted=False)
    looked, findings = 0, list[str]()
    for version in [newest] if planted else versions(newest):
        with_guard = await _tried(env, version, planted=planted)
        for place, done in with_guard.items():
            looked += len(possible[place])
            findings += [f"version {version}, {place}: {name}" for name in done]
    return Figure("kernel-refuses: {found} of {looked:,} attempts", looked, tuple(findings))


async def _tried(env: Mapping[str, str], version: int, *, planted: bool) -> dict[str, list[str]]:
    part = ["-c", PLANTED] if planted else ["-m", "tests.guarantees.guarded.attempts"]
    with short_folder("ld") as folder:
        prepare(folder)
        before = dict(_state(folder))
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-B", *part, str(version), str(folder)],
            env=dict(env),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        found: dict[str, list[str]] = json.loads(done.stdout)
        if version >= 0 and dict(_state(folder)) != before:
            found["main"].append("the folder changed")
        return found


def _state(folder: Path) -> Iterator[tuple[str, tuple[object, ...]]]:
    for path in [folder, *folder.rglob("*")]:
        found = path.lstat()
        marks = tuple(os.listxattr(path, follow_symlinks=False))
        yield str(path), (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, marks)
