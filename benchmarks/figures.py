"""One line of `make bench`: what was measured, beside what it is compared with."""

from __future__ import annotations

import time
from dataclasses import dataclass

REFERENCE_SECONDS = 0.040
"""The calibration loop on the machine the targets were set on."""
NOISY = 2.0
_TURNS = 1_000_000


@dataclass(frozen=True)
class Figure:
    """A measured value with its target (docs: figures P1 to P14).

    ``ratio`` compares with something measured in the same run; where ``target_unit`` is ``x`` it is the ratio
    that must not exceed the target, else the value. A figure whose target is a least value has ``least``.
    """

    number: str
    name: str
    value: float
    unit: str
    target: float
    target_unit: str
    ratio: float | None = None
    least: bool = False

    @property
    def compared(self) -> float:
        """What is held against the target."""
        return self.ratio if self.target_unit == "x" and self.ratio is not None else self.value

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.compared >= self.target if self.least else self.compared <= self.target

    def line(self, machine: float) -> str:
        """Write the figure; an absolute one that missed its target on a busy machine does not count."""
        ratio = "" if self.ratio is None else f" ratio {self.ratio:.2f}"
        verdict = "ok" if self.met else "noisy" if self.is_excused(machine) else "short"
        target = f"{self.target:g} {self.target_unit}"
        return f"{self.number} {self.name}: {self.value:.4g} {self.unit}{ratio} target {target} {verdict}"

    def is_excused(self, machine: float) -> bool:
        """Whether a miss says nothing: an absolute target, and this machine is too slow at the moment."""
        return self.target_unit != "x" and machine > NOISY


def machine_factor() -> float:
    """Return how much slower than the reference this machine is at this moment; the best of five loops."""
    return min(_loop() for _ in range(5)) / REFERENCE_SECONDS


def _loop() -> float:
    began, total = time.perf_counter(), 0
    for number in range(_TURNS):
        total += number & 7
    return time.perf_counter() - began


def share(values: list[float], part: float) -> float:
    """Return the value that a part of all stays below: 0.5 is the median, 0.9 the p90."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]
