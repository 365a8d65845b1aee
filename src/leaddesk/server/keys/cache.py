"""What is at hand of keys: bounded, and forgotten at once when a key is destroyed."""

import threading
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Name = tuple[str, str]
"""Whose key, and which."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Cache(Generic[T]):
    """Values by tenant and key id; what came first makes room. Any thread may use it.

    A tenant's are together: whoever reads a page asks for a hundred of one tenant.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: dict[str, dict[str, T]] = {}
        self._order: deque[Name] = deque()
        self._turn = threading.Lock()

    def of(self, tenant: str) -> Mapping[str, T]:
        """Return what is at hand of a tenant, to be read at once and not kept."""
        return self._of.get(tenant, _NOTHING)

    def remember(self, new: Mapping[Name, T]) -> None:
        """Keep values at hand."""
        if not self._most:
            return
        with self._turn:
            for name, value in new.items():
                tenant, key_id = name
                mine = self._of.get(tenant)
                if mine is None:
                    mine = self._of[tenant] = {}
                if key_id not in mine:
                    self._order.append(name)
                mine[key_id] = value
            while len(self._order) > self._most:
                tenant, key_id = self._order.popleft()
                self._of.get(tenant, {}).pop(key_id, None)

    def forget(self, tenant: str, key_id: str) -> None:
        """Forget one value."""
        with self._turn:
            self._of.get(tenant, {}).pop(key_id, None)

    def forget_tenant(self, tenant: str) -> None:
        """Forget all values of a tenant."""
        with self._turn:
            self._of.pop(tenant, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._turn:
            self._of.clear()
            self._order.clear()
