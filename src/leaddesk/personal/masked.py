"""Values that do not show themselves (guarantee A8, measure A10)."""

from __future__ import annotations

import hmac
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Masked(Generic[T]):
    """A value that prints as its kind, never as itself, until code asks with :meth:`reveal`.

    Invariant: ``str``, ``repr``, ``format`` and pickling never give the value away.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value; every call is a place to review."""
        return self._value

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is never serialised")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._value == other._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))


class Personal(Masked[T]):
    """Data about a person."""


class Secret(Masked[str]):
    """A credential: password, token, key. Compared in constant time."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = Masked.__hash__

    def __bool__(self) -> bool:
        return bool(self._value)
