"""A8: failures about people tell nobody's name: not in logs, tracebacks, warnings, outcomes, sentences."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import quote

from tests.guarantees.figure import Figure
from tests.guarantees.guarded.failures import CANARY

SHORT, FULL = 200, 2_000
PATIENCE = 300


def traces(word: str = CANARY) -> set[bytes]:
    """How a word may look in a text: raw, escaped, encoded; and its one part that no encoding changes."""
    raw = word.encode()
    found = {raw, ascii(word)[1:-1].encode(), json.dumps(word)[1:-1].encode(), quote(word).encode(), b"7f3a"}
    found |= {word.encode("utf-16-le"), word.encode("utf-32-le"), base64.b64encode(raw)[:-4]}
    return found | {part.encode() for part in word.split() if len(part) > 4}


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Fail many times in a client's surroundings and search everything it told."""
    count = FULL if os.environ.get("FULL") == "1" and not planted else SHORT
    command = [sys.executable, "-B", "-m", "tests.guarantees.guarded.failures", str(count)]
    command += ["planted"] if planted else []
    done = await asyncio.to_thread(
        subprocess.run, command, env=dict(env), capture_output=True, timeout=PATIENCE, check=False
    )
    told = done.stdout + b"\n" + done.stderr
    findings = [f"{line!r}" for line in told.splitlines() if any(trace in line for trace in traces())]
    if done.returncode:
        findings.append(f"the program ended with {done.returncode}: {done.stderr[-600:]!r}")
    elif done.stderr.count(b"\n") < count or json.loads(done.stdout.splitlines()[-1])["failures"] != count:
        findings.append("fewer failures were told than there were")
    return Figure("no-people: {found} traces in {looked:,} failures", count, tuple(findings), SHORT - 1)
