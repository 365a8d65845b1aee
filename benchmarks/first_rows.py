"""P2: from spawning the client to a tenant's first rows; token in the keyring, server on this machine.

And from the press of the button at the sign-in page to them, by the form and by the browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.starts import BARE, desktop, leave_token, seconds_from_sign_in, seconds_until
from leaddesk.demo.child import start_demo_server

TARGET = 2.5
RUNS, SIGN_INS = 7, 3
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
            ways: dict[str, list[float]] = {"form": [], "browser": []}
            for _ in range(RUNS):
                bare.append(seconds_until("frame", env, *BARE))
                ours.append(seconds_until("rows", env, *client))
            for way, seconds in ways.items():
                person = server.tenants[0].people[1]
                seconds += [seconds_from_sign_in(env, server.url, person, way) for _ in range(SIGN_INS)]
        finally:
            runner.run(server.stop())
    beside = median(bare)
    yield Figure("P2", "first-rows-12k", median(ours) * 1000, "ms", TARGET, "x", median(ours) / beside)
    for way, seconds in ways.items():
        name = f"first-rows-12k-after-the-{way}"
        yield Figure("P2", name, median(seconds) * 1000, "ms", TARGET, "x", median(seconds) / beside)
