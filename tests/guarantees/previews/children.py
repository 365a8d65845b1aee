"""What is started in the decoder's place: one that was taken over, and some that lie to their parent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from leaddesk.decoding.bounds import Kind
from leaddesk.decoding.launch import Start, launch, spawned
from leaddesk.guard.piped.child import Child

ROOT = Path(__file__).parents[3]
_HERE = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
NO_CELL = "from leaddesk.guard.cell import entering\nentering.enter = lambda room: None\n"
"""The product with a broken part: a child that gives nothing up."""

_LIES = {
    "silent": "import time; time.sleep(3600)",
    "gone": "pass",
    "not ready": "say(b'X')",
    "ready and gone": "say(b'R'); os.read(0, 1)",
    "deaf": "say(b'R'); import time; time.sleep(3600)",
    "no answer": "say(b'R'); take(); import time; time.sleep(3600)",
    "no verdict": "say(b'R'); take(); say(b'\\xff\\0\\0\\0\\1')",
    "no pages": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\0')",
    "too many pages": "say(b'R'); take(); say(b'\\0\\xff\\xff\\xff\\xff')",
    "too many pages then one": "say(b'R'); take(); say(b'\\0\\xff\\xff\\xff\\xff'); os.read(0, 6); "
    "say(b'\\0\\0\\1\\0\\1' + bytes(4))",
    "endless words": "say(b'R'); take(); say(b'\\1\\xff\\xff\\xff\\xff')\nwhile True: say(b'a' * 65536)",
    "cut words": "say(b'R'); take(); say(b'\\1\\0\\0\\0\\x09abc')",
    "no words": "say(b'R'); take(); say(b'\\1\\0\\0\\0\\2\\xff\\xfe')",
    "wide page": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\1'); os.read(0, 6); say(b'\\0\\xff\\xff\\0\\1')",
    "large page": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\1'); os.read(0, 6); "
    "say(b'\\0\\x09\\x60\\x12\\xc0')",
    "flat page": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\1'); os.read(0, 6); say(b'\\0\\0\\0\\0\\0')",
    "half a page": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\1'); os.read(0, 6); "
    "say(b'\\0\\0\\x64\\0\\x64' + bytes(99))",
    "other page": "say(b'R'); take(); say(b'\\0\\0\\0\\0\\1'); os.read(0, 6); say(b'\\x77\\0\\1\\0\\1')",
}
SILENT = frozenset({"silent", "deaf", "no answer"})
"""Whose parent waits in vain."""
_SPEAKING = """import os
def say(words):
    while words: words = words[os.write(1, words):]
def take():
    left = int.from_bytes(os.read(0, 8), "big")
    while left: left -= len(os.read(0, left))
"""


class Watched:
    """Starts children and knows them: whether they are still there can be asked for."""

    def __init__(self, start: Start = launch) -> None:
        self._start, self._numbers = start, list[int]()

    def __call__(self, kind: Kind) -> Child:
        child = self._start(kind)
        self._numbers.append(child.process)
        return child

    def left(self) -> list[int]:
        """Return the children that nobody waited for."""
        return [number for number in self._numbers if _is_left(number)]


def _is_left(number: int) -> bool:
    try:
        os.waitpid(number, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def taken_over(before: str = "") -> Start:
    """Return what starts a child that tries what is forbidden; ``before``: what is broken first."""
    code = f"{_HERE}{before}from tests.guarantees.previews.captured import main\nsys.exit(main())"
    return lambda _kind: spawned([sys.executable, "-I", "-B", "-c", code])


def lies() -> list[str]:
    """Return the names of all ways to lie."""
    return list(_LIES)


def lying(name: str) -> Start:
    """Return what starts a child that lies in one way."""

    def start(_kind: Kind) -> Child:
        return spawned([sys.executable, "-I", "-B", "-S", "-c", _SPEAKING + _LIES[name]])

    return start
