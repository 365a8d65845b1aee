"""P6: a frame of scrolling beside a repaint of the same window with blank rows."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure, share

LEADS = 12_480


def figures() -> Iterator[Figure]:
    """Scroll by the wheel and to anywhere; both count for the p95."""
    frames = measured("scrolling", str(LEADS))
    blank = share(frames["blanks"], 0.5)
    notch = share(frames["notches"], 0.5)
    jump = share(frames["jumps"], 0.5)
    yield Figure("P6", "scroll-frame-p50", notch * 1000, "ms", 2.5, "x", notch / blank)
    yield Figure("P6", "jump-frame-p50", jump * 1000, "ms", 16, "ms", jump / blank)
    worst = share([*frames["notches"], *frames["jumps"]], 0.95)
    yield Figure("P6", "scroll-frame-p95", worst * 1000, "ms", 16, "ms")
