"""What a process holds on to: every text that can be reached from some objects, caches among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

_PASSED_BY = (type, ModuleType, FrameType, CodeType)


def texts_below(*roots: Any) -> bytes:
    """Join every text below the objects. Functions are followed into closures, not into modules."""
    seen: set[int] = set()
    waiting, found, kept = list(roots), [], []
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, _PASSED_BY):
            continue
        seen.add(id(one))
        kept.append(one)  # so that no id is given out twice
        if isinstance(one, str):
            found.append(one.encode("utf-8", "surrogatepass"))
        elif isinstance(one, bytes | bytearray):
            found.append(bytes(one))
        else:
            waiting += _next(one)
    return b"\0".join(found)


def _next(one: Any) -> Iterator[Any]:
    if isinstance(one, FunctionType):
        yield from (one.__closure__, one.__defaults__, one.__kwdefaults__, one.__dict__)
        wrapped = getattr(one, "__wrapped__", None)
        yield from () if wrapped is None else (wrapped,)
    elif isinstance(one, MethodType):
        yield from (one.__self__, one.__func__)
    else:
        yield from gc.get_referents(one)
