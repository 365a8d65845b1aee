"""``python -m tests.contract_suite --base-url https://… --key …``: the core's behaviour, asked of any server.

The key may also come in the variable CONTRACT_SUITE_KEY, which other users of the machine cannot read.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.contract_suite.run import run


def main() -> int:
    """Returns 0 only if nothing was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract_suite")
    parser.add_argument("--base-url", default=os.environ.get("CONTRACT_SUITE_URL"))
    parser.add_argument("--key", default=os.environ.get("CONTRACT_SUITE_KEY"))
    parser.add_argument("--facts-only", action="store_true", help="leave out what the vendor is silent about")
    parser.add_argument("--without-partners", action="store_true", help="hand no lead to anybody")
    asked = parser.parse_args()
    if not asked.base_url or not asked.key:
        parser.error("an address and a key are needed")
    outcome = run(
        asked.base_url, asked.key, facts_only=asked.facts_only, with_partners=not asked.without_partners
    )
    for name in outcome.met:
        print(f"met     {name}")
    for name, missed in outcome.missed.items():
        print(f"MISSED  {name}: {missed}")
    for left in outcome.left:
        print(f"left    {left}")
    print(f"{len(outcome.met)} met, {len(outcome.missed)} missed")
    return 1 if outcome.missed else 0


if __name__ == "__main__":
    sys.exit(main())
