"""What a start does without: the cycle collector, and PySide's look into every module that is imported.

Both cost a fifth of the processor time until the first rows (P2, docs/performance.md).
"""

from __future__ import annotations

import builtins
import gc
import sys

import PySide6.QtCore  # noqa: F401 - what it replaces is put back here

_SWITCH_SECONDS = sys.getswitchinterval()
_QUICK_SWITCH_SECONDS = 0.0005
"""While modules are imported, the keyring's thread must not wait 5 ms after each message of the bus."""


def travel_light() -> None:
    """Begin a start: no collections until :func:`settle_down`, and Python's own ``import``.

    PySide6 replaces ``import`` to offer ``from __feature__ import snake_case``, and reads the source text of
    every module imported afterwards to learn whether it could mean it, keeping that text in memory. Nothing
    here uses features. Calling it again changes nothing.
    """
    gc.disable()
    sys.setswitchinterval(_QUICK_SWITCH_SECONDS)
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def settle_down() -> None:
    """End a start: what was imported stays for good, so the collector, running again, passes it over."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.freeze()
    gc.enable()
