"""G1, G2: what one request costs while one tenant grows, and while tenants come (docs/growth.md).

Sizes can be given: ``GROWTH_LEADS=1000,1000000 make bench ONLY=G1``, ``GROWTH_TENANTS``. Filling takes 0.2 to
0.3 ms a lead. Each line is the request at the last size, beside the same request at the first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from benchmarks.figures import Figure
from benchmarks.postgres.filling import Drawn, fill
from benchmarks.postgres.installation import Installation, installation, signed_in
from benchmarks.postgres.requests import Asking
from benchmarks.postgres.tenancy import equip
from leaddesk.contract.ids import TenantId

LEADS, TENANTS = (1_000, 10_000, 100_000), (1, 1_000)
OF_A_TENANT, OF_ANOTHER = 1_000, 100
FLAT, COUNTED_US = 1.5, 2.0
RANGE = "page-since-the-middle"

Medians = dict[int, Mapping[str, float]]


def leads() -> Iterator[Figure]:
    """Measure one tenant with more and more leads."""
    found: Medians = {}
    sizes = _sizes("GROWTH_LEADS", LEADS)
    with installation() as place:
        tenant = _founded(place)
        drawn, there = Drawn(sizes[-1]), 0
        for size in sizes:
            there += fill(place, tenant, drawn.take(size - there))
            found[size] = _measured(place)
    yield from _told("G1", "leads", found)
    counted = (found[sizes[-1]][RANGE] - found[sizes[0]][RANGE]) * 1000 / (sizes[-1] / 2)
    yield Figure("G1", "total-of-a-range-per-lead-in-it", counted, "us", COUNTED_US, "us")


def tenants() -> Iterator[Figure]:
    """Measure one tenant among more and more others."""
    found: Medians = {}
    with installation() as place:
        fill(place, _founded(place), Drawn(OF_A_TENANT).take(OF_A_TENANT))
        there = 1
        for size in _sizes("GROWTH_TENANTS", TENANTS):
            for number in range(there, size):
                other = TenantId(f"00000000-0000-4000-8000-{number:012}")
                fill(place, other, Drawn(OF_ANOTHER, seed=number).take(OF_ANOTHER))
            there = size
            found[size] = _measured(place)
    yield from _told("G2", "tenants", found)


def _founded(place: Installation) -> TenantId:
    with place.servers(1) as (server,):
        tenant = signed_in(server)[1]
    equip(place, tenant)
    return tenant


def _measured(place: Installation) -> Mapping[str, float]:
    place.settle()
    with place.servers(1) as (server,):
        return Asking(place, server, *signed_in(server)).medians()


def _told(number: str, what: str, found: Medians) -> Iterator[Figure]:
    first, *_, last = found
    for name, value in found[last].items():
        if name != RANGE or what == "tenants":
            ratio = value / found[first][name]
            yield Figure(number, f"{name}-{last}-{what}", value, "ms", FLAT, "x", ratio)


def _sizes(variable: str, usual: tuple[int, ...]) -> list[int]:
    given = os.environ.get(variable, "")
    return [int(size) for size in given.split(",")] if given else list(usual)
