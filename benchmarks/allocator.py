"""What settings of the allocator would cost that overwrite what is freed (A6): parse, scroll, search.

None of them is in force: the program begins anew at lock instead (ADR 62). Each is measured beside the same
work with the allocator as it is, in turn, and has no target.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.children import measured
from benchmarks.figures import Figure, share

LEADS, RUNS = "12480", 3
PLAIN: dict[str, str] = {}
SETTINGS = {
    "malloc": {"PYTHONMALLOC": "malloc"},
    "malloc-perturbed": {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.perturb=165"},
}
"""Python's objects from the C library, and there every freed byte overwritten at once."""


@dataclass(frozen=True)
class Cost(Figure):
    """A ratio that is told and not judged: what it belongs to is not in force."""

    @property
    def met(self) -> bool:
        """Whether the target is met: there is none."""
        return True

    def line(self, machine: float) -> str:
        """Write the ratio."""
        return (
            f"{self.number} {self.name}: {self.value:.4g} {self.unit} ratio {self.ratio:.2f} (not in force)"
        )


def figures() -> Iterator[Figure]:
    """Measure each work with each setting in turn; the best of some counts."""
    for name, work in (("parse", _parse), ("scroll", _scroll), ("search", _search)):
        seconds = {setting: [] for setting in ("", *SETTINGS)}  # type: dict[str, list[float]]
        for _ in range(RUNS):
            for setting, taken in seconds.items():
                taken.append(work(SETTINGS.get(setting, PLAIN)))
        best = {setting: min(taken) for setting, taken in seconds.items()}
        for setting in SETTINGS:
            ratio = best[setting] / best[""]
            yield Cost("A6", f"{name}-{setting}", best[setting] * 1000, "ms", 0, "x", ratio)


def _parse(settings: dict[str, str]) -> float:
    return float(measured("parsing", LEADS, settings=settings))


def _scroll(settings: dict[str, str]) -> float:
    return share(measured("scrolling", LEADS, settings=settings)["notches"], 0.5)


def _search(settings: dict[str, str]) -> float:
    return share(measured("keystrokes", LEADS, settings=settings), 0.5)
