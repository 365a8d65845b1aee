"""Groups of tasks whose errors are caught, and nothing left of them in the task that caught them.

Until 3.11.3 (Debian 12 has 3.11.2) a task that waits for ``asyncio.TaskGroup`` stays counted as cancelled
when a member has failed. The next ``asyncio.timeout`` in it ends the task and raises no ``TimeoutError``.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_left() -> Iterator[None]:
    """Stand around a group: when its errors come out, the task counts as cancelled as often as before."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    except BaseExceptionGroup:
        while task is not None and task.cancelling() > before:
            task.uncancel()
        raise
