"""Leads to measure with: the demo population as the server would send it, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice

from leaddesk.contract.rows import decode_sealed_lines
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Storekeeper
from leaddesk.store.leads.shelf import LeadShelf

PAGE = 200
HELD = 200_000
NOW = datetime(2026, 11, 19, 12, 42, tzinfo=UTC)


@cache
def lines(count: int) -> tuple[bytes, ...]:
    """Return rows as they travel, one a line of the bulk answer."""
    return tuple(_drawn(count))[::-1]


def pages(count: int) -> Iterator[tuple[bytes, ...]]:
    """Yield the lines in the slices a client reads them in; oldest first where they are too many to hold."""
    every = iter(lines(count) if count <= HELD else _drawn(count))
    while page := tuple(islice(every, PAGE)):
        yield page


def _drawn(count: int) -> Iterator[bytes]:
    population = Population(count, clock=lambda: NOW)
    keeper = Storekeeper(population, "wagner")
    return (keeper.stored(lead).doc for lead in population.leads())


def loaded_shelf(count: int) -> LeadShelf:
    """Return a shelf with so many leads, indexed and ready."""
    shelf = LeadShelf()
    shelf.begin_load(count)
    for page in pages(count):
        shelf.load(decode_sealed_lines(b"\n".join(page)))
    shelf.end_load()
    while not shelf.settle(1.0):
        pass
    return shelf


QUERIES = (
    *("anna meyer", "petersen", "thießen", "yildirim", "kröger", "hans-peter", "maria"),
    *("flensburg", "24103", "kiel wärmepumpe", "hauptstr", "husum solar", "lübeck"),
    *("wärmepumpe", "photovoltaik", "speicher kiel", "dachprüf", "wallbox"),
    *("0431", "0171 39", "@example", "gmbh", "meyer-", "schmidt hamburg", "xyzzy"),
)
"""What people type: names, places, products, numbers; each is typed letter by letter."""


def keystrokes() -> list[str]:
    """Return the content of the search field after each key of every query."""
    return [query[:length] for query in QUERIES for length in range(1, len(query) + 1)]
