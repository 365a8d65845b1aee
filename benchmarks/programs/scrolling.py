"""Scrolls the list, and in between repaints the same window with blank rows: seconds a frame, as JSON."""

from __future__ import annotations

import random
import sys

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.leads import loaded_shelf
from benchmarks.programs.list_window import Bench, run
from leaddesk.store.store import Store
from leaddesk.ui.leads import lead_list_view
from leaddesk.ui.leads.table.lead_table import LeadTable

FRAMES = 150
WHEEL = 144
"""Pixels of one notch of the wheel: three rows of 48."""


class BlankTable(LeadTable):
    """The same table, which fills what is exposed and nothing else."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor("white"))
        painter.end()


async def frames(app: QApplication) -> dict[str, list[float]]:
    """Return seconds for scrolling by notches, for jumps to anywhere, and for blank repaints in between."""
    store = Store()
    store.leads = loaded_shelf(int(sys.argv[1]))
    bench = Bench(store)
    lead_list_view.LeadTable = BlankTable
    blank = Bench(store)
    await bench.until_found()
    await blank.until_found()
    blank.window.move(bench.window.width(), 0)
    bar, drawn = bench.view.table.verticalScrollBar(), random.Random(7)
    notches, jumps, blanks = [], [], []
    for number in range(FRAMES):
        notches.append(await bench.seconds_to_paint(lambda: bar.setValue(bar.value() + WHEEL)))
        blanks.append(await blank.seconds_to_paint(lambda: repaint(blank.window)))
        if number % 5 == 0:
            jumps.append(await bench.seconds_to_paint(lambda: bar.setValue(drawn.randrange(bar.maximum()))))
    bench.presenter.close()
    blank.presenter.close()
    return {"notches": notches, "jumps": jumps, "blanks": blanks}


def repaint(window: QWidget) -> None:
    """Ask for a frame of everything in a window."""
    for widget in (window, *window.findChildren(QWidget)):
        widget.update()


if __name__ == "__main__":
    run(frames)
