"""The one way in for work: every coroutine of the ui starts in a TaskScope and ends with its owner."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from weakref import WeakSet

Work = Callable[[], Coroutine[Any, Any, object]]
OnError = Callable[[Exception], None]


class _Connectable(Protocol):
    def connect(self, slot: Callable[..., None], /) -> object: ...


class Owner(Protocol):
    """Whatever says that it is gone: in practice a QObject."""

    @property
    def destroyed(self) -> _Connectable: ...


_alive: WeakSet[TaskScope] = WeakSet()


def leftovers() -> int:
    """Return how many tasks still run in all scopes; a test that ends with more than 0 fails."""
    return sum(scope.running() for scope in _alive)


class TaskScope:
    """The tasks of one presenter or window.

    Invariants: a key has at most one running task; after :meth:`close` nothing starts and all that runs is
    cancelled; every error goes to ``on_error`` (cancellation is no error).
    """

    def __init__(self, on_error: OnError, owner: Owner | None = None) -> None:
        self._on_error = on_error
        self._tasks: dict[str, asyncio.Task[object]] = {}
        self._replaced: set[asyncio.Task[object]] = set()
        self._waiting: dict[str, deque[Work]] = {}
        self._closed, self._begun = False, 0
        _alive.add(self)
        if owner is not None:
            owner.destroyed.connect(self._owner_gone)

    def latest(self, key: str, work: Work) -> None:
        """Start work and cancel what runs under the same key: search while typing."""
        running = self._tasks.pop(key, None)
        if running is not None:
            self._replaced.add(running)
            running.cancel()
        self._start(key, work)

    def once(self, key: str, work: Work) -> bool:
        """Start work unless some runs under the same key: submit. Returns whether it started."""
        if self.busy(key):
            return False
        self._start(key, work)
        return not self._closed

    def queue(self, key: str, work: Work) -> None:
        """Start work after all that is queued under the same key; an error does not stop the queue."""
        if self.busy(key):
            self._waiting.setdefault(key, deque()).append(work)
        else:
            self._start(key, work)

    def each(self, key: str, work: Work) -> None:
        """Start work beside what runs already: hearing what becomes of things asked for one after another."""
        self._begun += 1
        self._start(f"{key} {self._begun}", work)

    def busy(self, key: str) -> bool:
        """Return whether work runs under a key."""
        return key in self._tasks

    def running(self) -> int:
        """Return how many tasks have not ended, those just cancelled included."""
        return len(self._tasks) + len(self._replaced)

    def cancel(self, key: str) -> None:
        """Cancel what runs and waits under a key."""
        self._waiting.pop(key, None)
        if key in self._tasks:
            self._tasks[key].cancel()

    async def cancel_all(self) -> None:
        """Cancel everything and wait until it has ended; the scope stays usable."""
        self._waiting.clear()
        own = asyncio.current_task()
        ending = [task for task in (*self._tasks.values(), *self._replaced) if task is not own]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def close(self) -> None:
        """Cancel everything and start nothing more; for owners that end without waiting."""
        self._closed = True
        self._waiting.clear()
        for task in self._tasks.values():
            task.cancel()

    def _start(self, key: str, work: Work) -> None:
        if self._closed:
            return
        task = asyncio.get_running_loop().create_task(work(), name=key)
        self._tasks[key] = task
        task.add_done_callback(lambda ended: self._ended(key, ended))

    def _ended(self, key: str, task: asyncio.Task[object]) -> None:
        self._replaced.discard(task)
        if self._tasks.get(key) is task:
            del self._tasks[key]
            waiting = self._waiting.get(key)
            if waiting:
                self._start(key, waiting.popleft())
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            self._on_error(error)

    def _owner_gone(self, *_: object) -> None:
        self.close()
