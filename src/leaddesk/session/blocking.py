"""Blocking calls in a thread of their own, with a time limit (guarantee B2).

A keyring that shows a prompt blocks without limit. The thread cannot be stopped, so it is given up: it is a
daemon (the process can end), nothing else is started while it hangs, and when it does come back, one last
piece of work is done in it and the owner is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The limit passed, or an earlier call still hangs."""


class Blocking:
    """One blocking call at a time.

    ``late`` runs in the thread after a call that had been given up; ``told`` then runs in the loop.
    """

    def __init__(self, late: Callable[[], None], told: Callable[[], None]) -> None:
        self._late = late
        self._told = told
        self._turn = asyncio.Lock()
        self._turns: set[asyncio.Task[None]] = set()
        self._hangs = False
        self._returned = asyncio.Event()

    async def call(self, work: Callable[[], T], seconds: float) -> T:
        """Run ``work`` in a thread. Raises :class:`TooSlow`, or what ``work`` raises.

        It is done though whoever waits for it is called off; who comes next waits for its turn, as behind
        any other call.
        """
        job: _Job[T] = _Job(work, self._late, self._come_back)
        turn = asyncio.get_running_loop().create_task(self._see_through(job, seconds))
        self._turns.add(turn)
        turn.add_done_callback(self._turns.discard)
        return await asyncio.shield(job.done)

    async def _see_through(self, job: _Job[T], seconds: float) -> None:
        async with self._turn:
            if self._hangs:
                job.leave()
                return
            threading.Thread(target=job.run, daemon=True, name="leaddesk-blocking").start()
            try:
                await asyncio.wait([job.done], timeout=seconds)
            finally:
                if not job.done.done() and job.give_up():
                    self._hangs = True
                    job.leave()
            if not job.done.done():  # it has just ended after all
                await asyncio.wait([job.done])

    async def back(self, seconds: float) -> None:
        """Wait for a call that was given up, and what is done after it; not longer than this."""
        if self._hangs:
            self._returned.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._returned.wait()

    def _come_back(self) -> None:
        self._hangs = False
        self._returned.set()
        self._told()


class _Job(Generic[T]):
    """One call: ends in time and sets ``done``, or is given up and calls back late. Never both."""

    def __init__(self, work: Callable[[], T], late: Callable[[], None], back: Callable[[], None]) -> None:
        self._work = work
        self._late = late
        self._back = back
        self._loop = asyncio.get_running_loop()
        self._mutex = threading.Lock()
        self._over = False
        self._given_up = False
        self.done: asyncio.Future[T] = self._loop.create_future()

    def give_up(self) -> bool:
        """Called in the loop. Returns False when the work has just ended after all."""
        with self._mutex:
            self._given_up = not self._over
            return self._given_up

    def leave(self) -> None:
        """Called in the loop: nobody waits any longer."""
        self._settle_failure(TooSlow())

    def run(self) -> None:
        """Called in the thread."""
        settle = self._attempt()
        with self._mutex:
            self._over = True
            given_up = self._given_up
        if given_up:
            self._late()
            settle = self._back
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(settle)

    def _attempt(self) -> Callable[[], None]:
        try:
            result = self._work()
        except Exception as failure:
            return partial(self._settle_failure, failure)
        return partial(self._settle, result)

    def _settle(self, result: T) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def _settle_failure(self, failure: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(failure)
            self.done.exception()
