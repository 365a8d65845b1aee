"""httpx without its command line.

Where click and rich happen to be installed, as beside every developer tool, ``import httpx`` loads them for
a command nobody calls: 60 ms before the first rows (P2), and foreign code in a process that holds tokens.
"""

from __future__ import annotations

import sys

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # importing it fails; httpx provides for that

import httpx  # noqa: E402 - after what it must not find

if sys.modules.get(_COMMAND_LINE, httpx) is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
