"""Scrolls the list, and repaints a window with nothing in it: seconds a frame, as JSON."""

from __future__ import annotations

import random
import sys

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.leads import loaded_shelf
from benchmarks.programs.list_window import WINDOW, Bench, run, seconds_to_paint
from leaddesk.store.store import Store

FRAMES = 150
WHEEL = 144
"""Pixels of one notch of the wheel: three rows of 48."""


class Blank(QWidget):
    """A window of the program's size with nothing in it: the floor of every frame."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("white"))
        painter.end()


async def frames(app: QApplication) -> dict[str, list[float]]:
    """Return seconds for scrolling by notches, for jumps to anywhere, and for blank repaints in between."""
    store = Store()
    store.leads = loaded_shelf(int(sys.argv[1]))
    bench = Bench(store)
    await bench.until_found()
    table = bench.view.table
    bar, drawn = table.verticalScrollBar(), random.Random(7)
    blank = Blank()
    blank.resize(*WINDOW)
    blank.show()
    bench.window.raise_()
    notches, jumps, blanks = [], [], []
    for number in range(FRAMES):
        notches.append(await bench.seconds_to_paint(lambda: bar.setValue(bar.value() + WHEEL)))
        blanks.append(await seconds_to_paint(blank, blank.update))
        if number % 5 == 0:
            jumps.append(await bench.seconds_to_paint(lambda: bar.setValue(drawn.randrange(bar.maximum()))))
    bench.presenter.close()
    return {"notches": notches, "jumps": jumps, "blanks": blanks}


if __name__ == "__main__":
    run(frames)
