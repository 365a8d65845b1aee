"""A group whose error was caught leaves nothing in the task: its next time limit works."""

import asyncio

import pytest

from leaddesk.desk.mirror.groups import nothing_left


class Planted(Exception):
    """A member fails."""


async def _fail() -> None:
    await asyncio.sleep(0)
    raise Planted


async def test_a_time_limit_after_a_caught_group_still_raises_timeout_error() -> None:
    with pytest.raises(ExceptionGroup), nothing_left():
        async with asyncio.TaskGroup() as group:
            group.create_task(_fail())
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()


async def test_a_cancellation_from_outside_still_arrives() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        with nothing_left():
            async with asyncio.TaskGroup() as group:
                begun.set()
                group.create_task(asyncio.Event().wait())

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
