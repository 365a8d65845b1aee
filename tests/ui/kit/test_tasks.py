"""Task scopes: latest, once, queue; nothing outlives its owner and no error vanishes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from leaddesk.ui.kit.tasks import TaskScope, leftovers

Work = Callable[[], Coroutine[Any, Any, None]]


class Diary:
    """Notes what work did."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[Exception] = []

    def work(self, name: str, gate: asyncio.Event | None = None) -> Work:
        async def run() -> None:
            self.lines.append(f"{name} begins")
            try:
                if gate is not None:
                    await gate.wait()
            except asyncio.CancelledError:
                self.lines.append(f"{name} cancelled")
                raise
            self.lines.append(f"{name} ends")

        return run


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def scope(diary: Diary) -> TaskScope:
    return TaskScope(diary.errors.append)


async def test_latest_cancels_its_predecessor(scope: TaskScope, diary: Diary) -> None:
    scope.latest("search", diary.work("a", asyncio.Event()))
    await settle()
    scope.latest("search", diary.work("b"))
    assert scope.running() == 2
    await settle()
    assert diary.lines == ["a begins", "a cancelled", "b begins", "b ends"]
    assert scope.running() == 0


async def test_once_ignores_a_second_call_while_busy(scope: TaskScope, diary: Diary) -> None:
    gate = asyncio.Event()
    assert scope.once("share", diary.work("a", gate))
    assert not scope.once("share", diary.work("b"))
    assert scope.busy("share")
    gate.set()
    await settle()
    assert not scope.busy("share")
    assert scope.once("share", diary.work("c"))
    await settle()
    assert diary.lines == ["a begins", "a ends", "c begins", "c ends"]


async def test_a_queue_keeps_its_order_and_survives_an_error(scope: TaskScope, diary: Diary) -> None:
    async def fails() -> None:
        raise LookupError("gone")

    gate = asyncio.Event()
    scope.queue("edits", diary.work("a", gate))
    scope.queue("edits", fails)
    scope.queue("edits", diary.work("c"))
    gate.set()
    await settle()
    await settle()
    assert diary.lines == ["a begins", "a ends", "c begins", "c ends"]
    assert [type(error) for error in diary.errors] == [LookupError]


async def test_keys_do_not_know_each_other(scope: TaskScope, diary: Diary) -> None:
    gate = asyncio.Event()
    scope.once("a", diary.work("a", gate))
    assert scope.once("b", diary.work("b"))
    gate.set()
    await settle()


async def test_an_error_is_handed_over_and_cancellation_is_none(scope: TaskScope, diary: Diary) -> None:
    scope.once("a", diary.work("a", asyncio.Event()))
    await settle()
    scope.cancel("a")
    await settle()
    assert diary.errors == []
    assert diary.lines == ["a begins", "a cancelled"]


async def test_cancel_all_waits_until_the_last_has_ended(scope: TaskScope, diary: Diary) -> None:
    async def slow_to_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            diary.lines.append("cleaned up")

    scope.once("a", slow_to_end)
    scope.queue("q", diary.work("q", asyncio.Event()))
    scope.queue("q", diary.work("never"))
    await settle()
    assert leftovers() >= 2
    await scope.cancel_all()
    assert scope.running() == 0
    assert "cleaned up" in diary.lines
    assert "never begins" not in diary.lines
    assert scope.once("again", diary.work("again"))
    await settle()


async def test_work_may_cancel_its_own_scope(scope: TaskScope) -> None:
    done: list[bool] = []

    async def ends_all() -> None:
        await scope.cancel_all()
        done.append(True)

    scope.once("a", ends_all)
    await settle()
    assert done == [True]


async def test_a_destroyed_owner_ends_its_work_and_starts_no_more(diary: Diary) -> None:
    owner = QObject()
    scope = TaskScope(diary.errors.append, owner)
    scope.once("a", diary.work("a", asyncio.Event()))
    await settle()
    delete(owner)
    await settle()
    assert diary.lines == ["a begins", "a cancelled"]
    assert not scope.once("b", diary.work("b"))
    scope.latest("b", diary.work("b"))
    scope.queue("b", diary.work("b"))
    await settle()
    assert scope.running() == 0


async def test_closing_forgets_what_waits(scope: TaskScope, diary: Diary) -> None:
    scope.queue("a", diary.work("a", asyncio.Event()))
    scope.queue("a", diary.work("b"))
    await settle()
    scope.close()
    await settle()
    assert diary.lines == ["a begins", "a cancelled"]
