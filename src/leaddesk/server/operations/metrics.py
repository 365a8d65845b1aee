"""Metrics in Prometheus' text format 0.0.4: counters, histograms, gauges asked when they are read.

No label holds an id, a name or a path; routes are templates. So no page tells of a person or tenant.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds in seconds; the last, infinite one is implied."""

Labels = tuple[tuple[str, str], ...]
Gauge = Callable[[], float | Mapping[Labels, float]]


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0


class Metrics:
    """Everything that is counted in this process. A request costs two dictionary look-ups."""

    def __init__(self) -> None:
        self._help: dict[str, tuple[str, str]] = {}
        self._counters: dict[str, dict[Labels, float]] = {}
        self._histograms: dict[str, dict[Labels, _Histogram]] = {}
        self._gauges: dict[str, Gauge] = {}

    def counter(self, name: str, meaning: str) -> None:
        """Declare a counter; its name ends in ``_total``."""
        self._help[name], self._counters[name] = ("counter", meaning), {}

    def histogram(self, name: str, meaning: str) -> None:
        """Declare a histogram of seconds; its name ends in ``_seconds``."""
        self._help[name], self._histograms[name] = ("histogram", meaning), {}

    def gauge(self, name: str, meaning: str, read: Gauge) -> None:
        """Declare a gauge that ``read`` tells when somebody asks: one number, or one for each of some labels.

        A name that ends in ``_total`` is a counter that something else counts.
        """
        kind = "counter" if name.endswith("_total") else "gauge"
        self._help[name], self._gauges[name] = (kind, meaning), read

    def count(self, name: str, labels: Labels = (), by: float = 1) -> None:
        """Add to a counter."""
        series = self._counters[name]
        series[labels] = series.get(labels, 0) + by

    def observe(self, name: str, seconds: float, labels: Labels = ()) -> None:
        """Enter a duration into a histogram."""
        series = self._histograms[name]
        histogram = series.get(labels)
        if histogram is None:
            histogram = series[labels] = _Histogram()
        histogram.counts[bisect_left(BUCKETS, seconds)] += 1
        histogram.total += seconds

    def page(self) -> str:
        """Write everything."""
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for name, (kind, meaning) in self._help.items():
            yield f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n"
            if name in self._gauges:
                told = self._gauges[name]()
                for labels, value in (told if isinstance(told, Mapping) else {(): told}).items():
                    yield f"{name}{_written(labels)} {_number(value)}\n"
            elif kind == "counter":
                for labels, value in list(self._counters[name].items()):
                    yield f"{name}{_written(labels)} {_number(value)}\n"
            else:
                for labels, histogram in list(self._histograms[name].items()):
                    yield from _histogram_lines(name, labels, histogram)


def _histogram_lines(name: str, labels: Labels, histogram: _Histogram) -> Iterable[str]:
    reached = 0
    for bound, count in zip((*map(_number, BUCKETS), "+Inf"), histogram.counts, strict=True):
        reached += count
        yield f"{name}_bucket{_written((*labels, ('le', bound)))} {reached}\n"
    yield f"{name}_sum{_written(labels)} {_number(histogram.total)}\n"
    yield f"{name}_count{_written(labels)} {reached}\n"


def _written(labels: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
