"""The outer runner: all tests, or chosen ones, inside a private display, session bus, keyring and home.

python -m tests.run                                   everything, in a few pytest processes
python -m tests.run -- tests/ui/leads -k search       any pytest arguments, in the same surroundings

The last lines are what failed and the sum over all processes; pictures arrive in build/pictures.
"""

from __future__ import annotations

import contextlib
import signal
import sys

from tests.support import suites
from tests.support.desktop import private_desktop


def main(arguments: list[str]) -> int:
    """Returns 0 only if every process ended well and at least one test ran."""
    rest = arguments[1:] if arguments[:1] == ["--"] else arguments
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended too
    groups = [[suites.chosen(rest)]] if rest else suites.groups()
    with contextlib.ExitStack() as stack:
        desktops = [stack.enter_context(private_desktop()) for _ in range(max(map(len, groups)))]
        results = [result for group in groups for result in suites.run(group, desktops)]
    code, line = suites.verdict(results)
    print(line, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
