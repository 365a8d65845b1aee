"""Runs a program of ``benchmarks/programs`` on a private display and returns what it printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.starts import ROOT, desktop


def measured(
    program: str, *arguments: str, lines: Iterable[bytes] = (), settings: Mapping[str, str] | None = None
) -> Any:
    """Return the JSON of the last line a program printed. Raises CalledProcessError when it failed.

    ``settings``: variables for this program alone.
    """
    command = [sys.executable, "-m", f"benchmarks.programs.{program}", *arguments]
    with desktop() as env:
        surroundings = dict(env) | dict(settings or {})
        process = subprocess.Popen(
            command, env=surroundings, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        for line in lines:
            process.stdin.write(line + b"\n")
        said, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(said.splitlines()[-1])
