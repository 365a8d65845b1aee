"""What can be reached from an object: to show that two things share nothing, and what either holds."""

from __future__ import annotations

import asyncio
import enum
import gc
import mmap
from collections.abc import Iterator
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any

_AROUND = (
    *(type, ModuleType, FrameType, BuiltinFunctionType, enum.Enum),
    *(asyncio.AbstractEventLoop, asyncio.Future, asyncio.Handle),
)
"""What everybody shares: code, and the loop that carries everybody."""


def reach(*roots: object) -> dict[int, Any]:
    """Return every object below the roots, by identity; not what a module or the loop holds."""
    found: dict[int, Any] = {}
    waiting: list[object] = list(roots)
    while waiting:
        each = waiting.pop()
        if id(each) in found or isinstance(each, _AROUND):
            continue
        found[id(each)] = each
        if isinstance(each, FunctionType):
            waiting += [*(each.__closure__ or ()), *(each.__defaults__ or ())]
        else:
            waiting += gc.get_referents(each)
    return found


def own(found: dict[int, Any]) -> dict[int, Any]:
    """Keep the objects of leaddesk's own classes."""
    return {key: one for key, one in found.items() if type(one).__module__.startswith("leaddesk.")}


def told(found: dict[int, Any]) -> Iterator[bytes]:
    """Return everything written in the objects."""
    for one in found.values():
        if isinstance(one, str):
            yield one.encode("utf-8", "surrogatepass")
        elif isinstance(one, bytes | bytearray | memoryview):
            yield bytes(one)
        elif isinstance(one, mmap.mmap):
            yield one[:]
