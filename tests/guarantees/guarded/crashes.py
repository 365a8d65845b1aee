"""A5: a crash leaves no image with names in it; each of the three layers alone suffices."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.guarantees.figure import Figure
from tests.support.folders import short_folder

NAMES = 2_000
PATIENCE = 120
CRASHING = """
import os, resource, sys
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
from leaddesk.guard import crash, entering, hook, landlock, kernel
parts = sys.argv[1].split()
if "all" in parts:
    entering.enter()
if "limit" in parts:
    crash.FILTER = "/proc/self/nothing"
    crash.leave_nothing()
if "filter" in parts:
    crash._write(crash.FILTER, b"0")
if "landlock" in parts:
    kernel.give_up_privileges()
    landlock.restrict(landlock.abi())
names = [f"Name-{number:04d}-" + "Kanarie" for number in range(2_000)]
os.abort()
"""
PLANTED = "nothing"
LAYERS = ("all", "limit", "filter", "landlock")
MARK = b"-Kanarie"


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Abort with 2,000 names in memory; unprotected they must all be found, protected none."""
    piped = _pattern().startswith(("|", "@"))
    unprotected = 0 if piped else await _names_left(env, "nothing")
    layers = (PLANTED,) if planted else LAYERS
    left = {layer: 0 if piped else await _names_left(env, layer) for layer in layers}
    findings = [f"{layer}: {count} names in an image" for layer, count in left.items() if count]
    if piped or unprotected < NAMES:
        sentence = "crashes: {found} of {looked:,} names (simulated: dumps go elsewhere here)"
        return Figure(sentence, NAMES, tuple(findings + (["planted"] if planted else [])))
    return Figure(
        f"crashes: {{found}} of {len(layers)} ways left any of {{looked:,}} names",
        unprotected,
        tuple(findings),
    )


async def _names_left(env: Mapping[str, str], parts: str) -> int:
    with short_folder("ld") as folder:
        command = [sys.executable, "-B", "-c", CRASHING, parts]
        await asyncio.to_thread(
            subprocess.run,
            command,
            env=dict(env),
            cwd=folder,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return _count(folder)


def _count(folder: Path) -> int:
    return sum(path.read_bytes().count(MARK) for path in folder.iterdir())


def _pattern() -> str:
    return Path("/proc/sys/kernel/core_pattern").read_text()
