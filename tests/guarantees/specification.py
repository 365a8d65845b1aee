"""S4: schemathesis over the committed document, all checks; hooks fill ids from the demo population."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

SMOKE, SHORT, FULL = 3, 4, 200
"""Examples an operation when generating: in ``make test`` (nothing else there), in short, and with FULL=1."""


@dataclass(frozen=True)
class Figure:
    """What schemathesis found."""

    cases: int
    findings: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether the promise holds; a run that asked next to nothing shows nothing."""
        return self.cases > 100 and not self.findings

    def __str__(self) -> str:
        return f"specification: {len(self.findings)} failures in {self.cases:,} cases"


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Ask every operation of the document; with ``planted`` one endpoint answers otherwise than it says."""
    return await checked(FULL if os.environ.get("FULL") == "1" else SHORT, planted=planted)


async def checked(examples: int, *, planted: bool = False) -> Figure:
    """Run all phases and checks against a fresh server, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-m", "tests.guarantees.specification_run", str(examples)),
        *(["planted"] if planted else []),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told = json.loads(said.splitlines()[-1])
    return Figure(told["cases"], tuple(told["findings"]))
