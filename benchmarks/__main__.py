"""Measure what leaddesk promises: ``python -m benchmarks [--only P3,P4]``.

One line a figure, the verdict last; exit 1 if a target is missed. Figures with a ratio compare within this
run, so that a slow machine does not matter; absolute ones are best of three and do not count while the
machine is more than twice as slow as the one they were set on.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks.figures import machine_factor

REGISTRY = {
    "P1": ("benchmarks.first_frame", "figures"),
    "P2": ("benchmarks.first_rows", "figures"),
    "P3": ("benchmarks.load", "figures"),
    "P4": ("benchmarks.keystroke", "figures"),
    "P5": ("benchmarks.keystroke", "million"),
    "P6": ("benchmarks.scroll", "figures"),
    "P7": ("benchmarks.stall", "figures"),
    "P8": ("benchmarks.memory", "figures"),
    "P9": ("benchmarks.change_seen", "figures"),
    "P10": ("benchmarks.wipe", "figures"),
    "P11": ("benchmarks.pages", "figures"),
    "P12": ("benchmarks.appends", "figures"),
    "P13": ("benchmarks.server_start", "figures"),
}
WHEN_ASKED = {
    "G1": ("benchmarks.growth", "leads"),
    "G2": ("benchmarks.growth", "tenants"),
    "A6": ("benchmarks.allocator", "figures"),
}
"""What takes minutes: a request while the database grows (docs/growth.md), settings that are not in force."""


def main(arguments: list[str]) -> int:
    """Run as a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default=",".join(REGISTRY), help="figures, separated by commas")
    chosen = [number.strip().upper() for number in parser.parse_args(arguments).only.split(",")]
    every = REGISTRY | WHEN_ASKED
    unknown = [number for number in chosen if number not in every]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(every)}")
    missed = 0
    for number in chosen:
        module, function = every[number]
        machine = machine_factor()
        print(f"machine x{machine:.1f}", flush=True)
        for figure in getattr(import_module(module), function)():
            machine = max(machine, machine_factor())
            print(figure.line(machine), flush=True)
            missed += not figure.met and not figure.is_excused(machine)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
