"""Types queries into the search field: ``python -m benchmarks.programs.keystrokes LEADS``."""

from __future__ import annotations

import sys
from contextlib import suppress

from PySide6.QtWidgets import QApplication

from benchmarks.leads import QUERIES, loaded_shelf
from benchmarks.programs.list_window import Bench, run
from leaddesk.store.store import Store


async def typed(app: QApplication) -> list[float]:
    """Return the seconds from each posted key to the end of the paint it caused."""
    store = Store()
    store.leads = loaded_shelf(int(sys.argv[1]))
    bench = Bench(store)
    await bench.until_found()
    seconds: list[float] = []
    for query in QUERIES:
        for letter in query:
            with suppress(TimeoutError):  # where nothing is found, no row is painted
                seconds.append(await bench.seconds_to_paint(lambda: bench.post_key(letter)))  # noqa: B023
            await bench.until_found()
        bench.search.clear()
        await bench.until_found()
    bench.presenter.close()
    return seconds


if __name__ == "__main__":
    run(typed)
