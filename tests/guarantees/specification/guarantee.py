"""S4: schemathesis over the committed document, all checks; hooks fill ids from the demo population."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tests.guarantees.figure import Figure

SMOKE, SHORT, FULL = 3, 4, 200
"""Examples an operation when generating: in ``make test`` (nothing else there), in short, and with FULL=1."""
WHOLE, ALL = "whole", "all"
PARTS = 12
"""Into so many parts generating is divided with FULL=1, each with a server of its own."""


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Ask every operation of the document; with ``planted`` one endpoint answers otherwise than it says."""
    full = os.environ.get("FULL") == "1" and not planted
    parts = [WHOLE, *(f"{number}/{PARTS}" for number in range(1, PARTS + 1))] if full else [ALL]
    return figure_of([await asked(FULL if full else SHORT, part, planted=planted) for part in parts])


async def checked(examples: int, *, planted: bool = False) -> Figure:
    """Run all phases that so many examples have, with all checks, against a fresh server."""
    return figure_of([await asked(examples, ALL, planted=planted)], brief=True)


async def asked(examples: int, part: str, *, planted: bool) -> dict[str, Any]:
    """Run one part in a process of its own and return what it told."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-m", "tests.guarantees.specification.run", str(examples), part),
        *(["planted"] if planted else []),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


def figure_of(parts: list[dict[str, Any]], *, brief: bool = False) -> Figure:
    """Put parts together. An operation that nowhere succeeded is a failure, except in a ``brief`` run."""
    statuses: dict[str, set[int]] = defaultdict(set)
    for part in parts:
        for label, seen in part["statuses"].items():
            statuses[label].update(seen)
    findings = list(dict.fromkeys(finding for part in parts for finding in part["findings"]))
    for label, seen in statuses.items():
        if not brief and not any(200 <= status < 400 for status in seen):
            findings.append(f"{label} never answered 2xx or 3xx, so little was seen of it: {sorted(seen)}")
    cases = sum(part["cases"] for part in parts)
    return Figure("specification: {found} failures in {looked:,} cases", cases, tuple(findings))
