"""C1 and C2: the lock comes from everywhere whatever is open, and sleep waits for it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from tests.guarantees.figure import Figure
from tests.guarantees.screen.states import STATES

SECONDS, HELD_SECONDS = 1.0, 0.5
"""How late a lock page may be, and how long sleep may be held."""
PATIENCE = 600
SHORT_STATES = ("list", "lead", "dialog", "menu in a menu", "tooltip", "copied")
SLEEPS_SHORT, SLEEPS_FULL = 10, 50


async def smoke(env: Mapping[str, str]) -> list[str]:
    """Lock by every source in one state, after two sleeps; no clock: beside other work it says nothing."""
    found = await _played(env, bus=True, sleeps=2, states=["dialog"], planted=False)
    enough = found["looked"] >= 2 + 13
    return list(found["findings"]) if enough else [f"only {found['looked']} locks"]


async def always(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """C1: every source in every state, and without a bus what needs none; planted: what floats is left."""
    full = os.environ.get("FULL") == "1"
    states = list(STATES) if full else ["dialog", "tooltip"] if planted else list(SHORT_STATES)
    looked, late, findings = 0, 0.0, list[str]()
    for with_bus in (False,) if planted else (True, False):
        found = await _played(env, bus=with_bus, sleeps=0, states=states, planted=planted)
        looked += found["looked"]
        late = max(late, found["late"])
        findings += found["findings"]
    if late > SECONDS:
        findings.append(f"the latest came after {late:.2f} s")
    sentence = (
        f"always-locks: {{found}} of {{looked:,}} locks by source and state, latest after {late:.2f} s:"
    )
    return Figure(sentence, looked, tuple(findings), enough=2 if planted else 20)


async def before_sleep(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """C2: sleep is held until the lock page is painted; planted: it is let go as soon as it is heard of."""
    full = os.environ.get("FULL") == "1"
    sleeps = 3 if planted else SLEEPS_FULL if full else SLEEPS_SHORT
    found = await _played(env, bus=True, sleeps=sleeps, states=[], planted=planted)
    findings = list(found["findings"])
    if found["held"] > HELD_SECONDS:
        findings.append(f"held for {found['held']:.2f} s")
    sentence = (
        f"before-sleep: {{found}} of {{looked:,}} sleeps too early, held {found['held']:.2f} s at most:"
    )
    return Figure(sentence, found["looked"], tuple(findings), enough=2)


async def _played(env: Mapping[str, str], **wanted: Any) -> dict[str, Any]:
    command = [sys.executable, "-B", "-m", "tests.guarantees.screen.room", json.dumps(wanted)]
    playing = await asyncio.create_subprocess_exec(*command, env=dict(env), stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await playing.communicate()
    finally:
        if playing.returncode is None:
            playing.kill()
    found: dict[str, Any] = json.loads(said)
    return found
