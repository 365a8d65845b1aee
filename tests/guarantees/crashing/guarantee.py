"""S3: every acknowledged write is there exactly once, however often servers and databases are killed."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.guarantees.crashing import plants
from tests.guarantees.crashing.servers import two_servers
from tests.guarantees.crashing.site import Site, site
from tests.guarantees.crashing.storm import VICTIMS, Storm
from tests.guarantees.crashing.verdict import judge, wait_for_partners
from tests.guarantees.crashing.writers import Book
from tests.guarantees.figure import Figure

SMOKE, SHORT, FULL = 2, 12, 210
"""Kills: in ``make test``, in short, and with FULL=1."""
PLANTED = 6


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Kill under load, look afterwards; with ``planted`` once for each broken part, which has to be found."""
    full = os.environ.get("FULL") == "1"
    if not planted:
        return await asyncio.to_thread(_apart, FULL if full else SHORT)
    figures = [
        await asyncio.to_thread(_apart, PLANTED, plant=plant, victims=victims)
        for plant, victims in plants.ALL.values()
    ]
    if not all(figure.findings for figure in figures):
        return Figure(figures[0].sentence, sum(figure.looked for figure in figures), ())
    return figures[0]


def _apart(kills: int, **words: Any) -> Figure:
    with tempfile.TemporaryDirectory(prefix="s3-") as folder:
        return survived(Path(folder), kills, **words)


def survived(
    folder: Path,
    kills: int,
    *,
    plant: str = "",
    victims: tuple[str, ...] = VICTIMS,
    on_one: bool = False,
    afterwards: Callable[[Site, Book], None] = lambda *_: None,
) -> Figure:
    """Run one campaign; ``afterwards`` may do something before it is judged."""
    seed = int(os.environ.get("SEED", secrets.randbits(32)))
    with site(folder, on_one=on_one) as installed:
        with two_servers(installed, plant) as servers:
            storm = Storm(installed, servers, seed)
            storm.rage(kills, victims)
            findings = wait_for_partners(installed)
        afterwards(installed, storm.book)
        findings += judge(installed, storm.book)
    return Figure(_sentence(storm, seed), len(storm.book.acknowledged), tuple(findings), enough=30)


def _sentence(storm: Storm, seed: int) -> str:
    book = storm.book
    again = sum(write.tries > 1 for write in book.acknowledged)
    killed = ", ".join(f"{count} × {victim}" for victim, count in sorted(storm.killed.items()))
    return (
        "nothing-acknowledged-is-lost: {found} wrong of {looked:,} writes acknowledged"
        f" in {sum(storm.killed.values())} kills ({killed}); {again:,} of them asked again without an answer,"
        f" {book.repeated:,} repeated, {book.renewals:,} sessions renewed; seed {seed}"
    )
