"""What a test must not leave behind: unfinished asyncio tasks, running Qt timers, visible windows."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any
from weakref import WeakSet


def unfinished_tasks() -> list[str]:
    """Names of the coroutines of all tasks, of any loop of this process, that are not done."""
    known: set[Any] = set()
    for registry in ("_all_tasks", "_scheduled_tasks", "_eager_tasks"):
        known.update(_copied(getattr(asyncio.tasks, registry, set())))
    open_ones = [task for task in known if not task.done() and not task.get_loop().is_closed()]
    return sorted(getattr(task.get_coro(), "__qualname__", repr(task)) for task in open_ones)


def _copied(tasks: Any) -> list[Any]:
    """Copy a registry of tasks in one step: loops of other threads begin some while one looks."""
    if not isinstance(tasks, WeakSet):
        return list(tasks)
    references: set[Any] = tasks.data  # type: ignore[attr-defined]
    return [task for reference in set(references) if (task := reference()) is not None]


class CutShort:
    """Stands before asyncio's runner and notes which tasks it had to cancel when its loop closed."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._cancel_all = asyncio.runners._cancel_all_tasks  # type: ignore[attr-defined]
        asyncio.runners._cancel_all_tasks = self  # type: ignore[attr-defined]

    def __call__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.names += [getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks(loop)]
        self._cancel_all(loop)


class QtLeftovers:
    """Compares the windows and timers of before and after; without a QApplication there are none."""

    def __init__(self) -> None:
        self._windows = {id(window) for window in _visible_windows()}
        gc.freeze()  # from here on gc.get_objects() lists only what the test makes

    def after(self) -> tuple[list[str], list[str]]:
        """Names of new visible windows and of timers still running, deferred deletions carried out."""
        application = _application()
        if application is not None:
            _delete_deferred(application)
        windows = [window for window in _visible_windows() if id(window) not in self._windows]
        timers = _running_timers() if application is not None else []
        gc.unfreeze()
        named = [f"{type(window).__name__} {window.objectName()}".strip() for window in windows]
        for window in windows:
            window.close()  # the next test shall not pay for this one
        return named, timers


def _application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _visible_windows() -> list[Any]:
    application = _application()
    return [window for window in application.topLevelWidgets() if window.isVisible()] if application else []


def _delete_deferred(application: Any) -> None:
    from PySide6.QtCore import QEvent

    gc.collect()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _running_timers() -> list[str]:
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    timers = [thing for thing in gc.get_objects() if isinstance(thing, QTimer) and isValid(thing)]
    running = [timer for timer in timers if timer.isActive()]
    names = [f"QTimer {timer.objectName()} of {type(timer.parent()).__name__}" for timer in running]
    for timer in running:
        timer.stop()
    return names
