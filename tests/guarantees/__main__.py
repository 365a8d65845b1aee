"""``python -m tests.guarantees [--only A1]``: one line a guarantee; PLANT=1 plants a violation in each.

``A1 zero-writes: 0 of 13,204 calls ok``; with PLANT=1 ``A1 planted: caught``. The exit code is 0 only if all
are ok, or all are caught. FULL=1 runs full counts, writes each into docs/guarantees.md at once, and leaves
out what stands there already for the commit that is checked out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import Mapping

from tests.guarantees import full_counts, restoring, tampering, zero_writes
from tests.guarantees.crashing import guarantee as crashing
from tests.guarantees.erased import guarantee as erased
from tests.guarantees.figure import Figure
from tests.guarantees.guarded import (
    crashes,
    endings,
    hostile,
    kernel_refuses,
    no_difference,
    no_people,
)
from tests.guarantees.isolation import guarantee as isolation
from tests.guarantees.memory import guarantee as memory
from tests.guarantees.previews import guarantee as previews
from tests.guarantees.published_clients import guarantee as published_clients
from tests.guarantees.screen import clocks, late_answers, locking
from tests.guarantees.signing_in import agreeing, forged, hanging, keeping, killed, signing_out, staying
from tests.guarantees.specification import guarantee as specification
from tests.guarantees.weather import certificates, strange
from tests.guarantees.window import channels, copying, links, revealing, spreadsheets
from tests.support.desktop import private_desktop

GUARANTEES = {
    "A1": zero_writes.guarantee,
    "A2": endings.guarantee,
    "A3": kernel_refuses.guarantee,
    "A4": no_difference.guarantee,
    "A5": crashes.guarantee,
    "A6": memory.guarantee,
    "A7": hostile.guarantee,
    "A8": no_people.guarantee,
    "A9": channels.guarantee,
    "A10": copying.guarantee,
    "A11": previews.guarantee,
    "B1": keeping.vetted,
    "B2": hanging.guarantee,
    "B3": keeping.fits,
    "B4": staying.guarantee,
    "B5": killed.guarantee,
    "B6": agreeing.guarantee,
    "B7": signing_out.guarantee,
    "B8": forged.guarantee,
    "C1": locking.always,
    "C2": locking.before_sleep,
    "C3": late_answers.guarantee,
    "C4": revealing.guarantee,
    "C6": clocks.guarantee,
    "D5": links.guarantee,
    "D7": certificates.guarantee,
    "D9": strange.guarantee,
    "D10": spreadsheets.guarantee,
    "S1": isolation.guarantee,
    "S2": erased.guarantee,
    "S3": crashing.guarantee,
    "S4": specification.guarantee,
    "S5": published_clients.guarantee,
    "S6": tampering.guarantee,
    "S7": restoring.guarantee,
}


def main() -> int:
    """Run what was chosen inside a private desktop."""
    parser = argparse.ArgumentParser(prog="make guarantees")
    parser.add_argument("--only", default=",".join(GUARANTEES), help="ids, separated by commas")
    chosen = parser.parse_args().only.split(",")
    unknown = [name for name in chosen if name not in GUARANTEES]
    if unknown:
        parser.error(f"not built yet: {', '.join(unknown)}; there are {', '.join(GUARANTEES)}")
    planted, full = os.environ.get("PLANT") == "1", os.environ.get("FULL") == "1"
    with private_desktop() as env:
        run = _plant if planted else _count_once if full else _holds
        verdicts = [run(name, env) for name in chosen]  # all of them, also after one that is short
    return 0 if all(verdicts) else 1


def _plant(name: str, env: Mapping[str, str]) -> bool:
    figure = asyncio.run(GUARANTEES[name](env, planted=True))
    print(f"{name} planted: {'not caught' if figure.kept else 'caught'}", flush=True)
    return not figure.kept


def _count(name: str, env: Mapping[str, str]) -> Figure:
    figure = asyncio.run(GUARANTEES[name](env, planted=False))
    print(f"{name} {figure} {'ok' if figure.kept else 'short'}", flush=True)
    for finding in figure.findings:
        print(f"   {finding}", flush=True)
    return figure


def _holds(name: str, env: Mapping[str, str]) -> bool:
    return _count(name, env).kept


def _count_once(name: str, env: Mapping[str, str]) -> bool:
    commit = full_counts.commit()
    if name in full_counts.counted(full_counts.PAGE.read_text(), commit):
        print(f"{name} was counted at {commit}: see docs/guarantees.md", flush=True)
        return True
    seed = os.environ.setdefault("SEED", str(secrets.randbits(32)))
    figure = _count(name, env)
    full_counts.remember(full_counts.row(name, figure, commit, seed))
    return figure.kept


if __name__ == "__main__":
    sys.exit(main())
