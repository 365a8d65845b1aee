"""``make journey [ROUNDS=20] [SEED=1]``: the journey with many kills at random moments, in figures.

The exit code is 0 only if no edit was lost or done twice and both clients are still the ones that began.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from tests.journey.play import Journey, journey
from tests.journey.site import Site, site
from tests.support.desktop import private_desktop
from tests.support.folders import remove

LEADS = 300
LONGEST_DELAY = 0.4
"""Seconds from the first key of an edit to the trouble; typing, sending and painting fall into it."""
CALM_TURNS = 4


def one_server(place: Site, chance: random.Random) -> Callable[[], None]:
    """Kill one server; it comes back after the round."""
    number = chance.choice((0, 1))
    return lambda: place.kill(number)


def both_servers(place: Site, _chance: random.Random) -> Callable[[], None]:
    """Kill both and start them again."""

    def trouble() -> None:
        place.kill(0)
        place.kill(1)
        place.start(0, 1)

    return trouble


def database(place: Site, _chance: random.Random) -> Callable[[], None]:
    """Let PostgreSQL end as in a crash and start again."""

    def trouble() -> None:
        place.crash_database()
        place.cluster.start()

    return trouble


TROUBLES = (one_server, one_server, one_server, both_servers, database)


def main() -> int:
    """Play, print the figures, return the exit code."""
    parser = argparse.ArgumentParser(prog="make journey")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="journey-"))
    try:
        with private_desktop(), site(folder, LEADS) as place:
            return asyncio.run(_play(place, chosen.rounds, random.Random(chosen.seed)))
    finally:
        remove(folder)


async def _play(place: Site, rounds: int, chance: random.Random) -> int:
    kills: dict[str, int] = {}
    async with journey(place) as both:
        for number in range(1, rounds + 1):
            trouble = chance.choice(TROUBLES)
            kills[trouble.__name__] = kills.get(trouble.__name__, 0) + 1
            await both.calmly(CALM_TURNS)
            await both.roughly(trouble(place, chance), chance.uniform(0, LONGEST_DELAY))
            place.start(*(one for one in (0, 1) if one not in place.servers))
            await both.settle()
            print(f"{number:3d} {trouble.__name__}: {max(both.rough[-2:]):.2f} s", flush=True)
        findings = await both.findings()
    _say(both, kills, findings)
    return 1 if findings else 0


def _say(both: Journey, kills: dict[str, int], findings: list[str]) -> None:
    killed = ", ".join(f"{count} x {name.replace('_', ' ')}" for name, count in sorted(kills.items()))
    print(f"killed: {killed}")
    for name, seconds in (("calm", both.calm), ("killed meanwhile", both.rough)):
        cuts = quantiles(seconds, n=100, method="inclusive")
        print(
            f"seen in the other window, {name}: {len(seconds)} edits,"
            f" p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, at most {max(seconds):.1f} s"
        )
    for finding in findings:
        print(f"   {finding}")
    print(
        f"journey: {len(both.notes)} notes and {both.steps} steps, {len(findings)} lost, doubled or not shown"
    )


if __name__ == "__main__":
    sys.exit(main())
