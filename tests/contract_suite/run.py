"""Runs all checks, one after the other, and cleans up."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from tests.contract_suite import auth, beside, leads, partners
from tests.contract_suite.target import CHECKS, FACT, Missed, Target

ROOMS = (auth, leads, beside, partners)
"""Importing them enters their checks."""
WITH_PARTNERS = "with partners"


@dataclass
class Outcome:
    """How it went: names of checks that were met, and what the others missed."""

    met: list[str] = field(default_factory=list)
    missed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def run(base_url: str, key: str, *, facts_only: bool = False, with_partners: bool = True) -> Outcome:
    """Ask everything. Without ``with_partners`` nothing is handed to anybody else."""
    outcome = Outcome()
    target = Target(base_url, key)
    try:
        for check in CHECKS:
            if (facts_only and check.kind != FACT) or (WITH_PARTNERS in check.row and not with_partners):
                continue
            name = f"{check.row}: {check.name}"
            try:
                check.does(target)
                outcome.met.append(name)
            except Missed as missed:
                outcome.missed[name] = str(missed)
            except (httpx.HTTPError, KeyError, ValueError, TypeError, IndexError) as broken:
                outcome.missed[name] = f"{type(broken).__name__}: {broken}"
    finally:
        target.clean()
        outcome.left = target.left
    return outcome
