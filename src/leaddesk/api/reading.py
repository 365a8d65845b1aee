"""From bytes to models: every answer is checked, no failure shows what was in it (guarantee A8)."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from leaddesk.api.errors import Malformed
from leaddesk.contract.wire import WireModel

M = TypeVar("M", bound=WireModel)


def read(kind: type[M], body: bytes) -> M:
    """Read one model. Raises :class:`Malformed`."""
    try:
        return kind.model_validate_json(body)
    except (ValidationError, RecursionError):
        raise Malformed from None


def read_all(kind: type[M], body: bytes) -> tuple[M, ...]:
    """Read an array of models. Raises :class:`Malformed`."""
    try:
        found: list[M] = _array_of(kind).validate_json(body)
    except (ValidationError, RecursionError):
        raise Malformed from None
    return tuple(found)


@cache
def _array_of(kind: type[Any]) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[kind])  # type: ignore[valid-type]
