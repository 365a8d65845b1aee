"""A value that tells when it changes."""

from __future__ import annotations

from typing import Generic, TypeVar

from leaddesk.store.topics import Topic

T = TypeVar("T")


class Watched(Generic[T]):
    """Holds the newest value; ``changed`` is published after it is set, and only for a different one."""

    def __init__(self, value: T) -> None:
        self._value = value
        self.changed: Topic[T] = Topic()

    @property
    def value(self) -> T:
        """The value now."""
        return self._value

    def set(self, value: T) -> None:
        """Replace the value."""
        if value != self._value:
            self._value = value
            self.changed.publish(value)
