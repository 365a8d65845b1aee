"""Parses rows into a shelf: ``python -m benchmarks.programs.parsing LEADS``."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.leads import pages
from leaddesk.contract.rows import decode_sealed_lines
from leaddesk.store.leads.shelf import LeadShelf

RUNS = 5


def parsed(count: int) -> float:
    """Return the seconds from the first page of the bulk answer to all leads, indexed; the best of some."""
    bulk, best = [b"\n".join(page) for page in pages(count)], 60.0
    for _ in range(RUNS):
        shelf = LeadShelf()
        began = time.perf_counter()
        shelf.begin_load(count)
        for page in bulk:
            shelf.load(decode_sealed_lines(page))
        shelf.end_load()
        while not shelf.settle(1.0):
            pass
        best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    sys.stdout.write(json.dumps(parsed(int(sys.argv[1]))) + "\n")
