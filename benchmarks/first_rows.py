"""P2: from spawning the client to a tenant's first rows; token in the keyring, server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.starts import BARE, desktop, leave_token, seconds_until
from leaddesk.demo.child import start_demo_server

TARGET = 2.5
RUNS = 7
LEADS = 12_480


def figures() -> Iterator[Figure]:
    """Start a bare window and the client in turn and compare the medians."""
    with asyncio.Runner() as runner, desktop() as env:
        server = runner.run(start_demo_server(LEADS))
        try:
            leave_token(env, server.url, server.tenants[0].people[0])
            client = ("leaddesk", "--server", server.url)
            seconds_until("rows", env, *client)
            bare, ours = [], []
            for _ in range(RUNS):
                bare.append(seconds_until("frame", env, *BARE))
                ours.append(seconds_until("rows", env, *client))
        finally:
            runner.run(server.stop())
    yield Figure("P2", "first-rows-12k", median(ours) * 1000, "ms", TARGET, "x", median(ours) / median(bare))
