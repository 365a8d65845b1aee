"""Keeps the store the same as the server: stream first, then the load, then change by change.

The order is the contract's: the stream is open and its head noted before the load begins, so that nothing
falls between; an older serial never overwrites; a deletion outlives older pages (the shelves' tombstones).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Interrupted, SessionOver, Superseded, wait_of
from leaddesk.api.live import LiveEvent, live_events
from leaddesk.contract.live import LiveKind
from leaddesk.contract.wire import format_time
from leaddesk.desk.mirror.backoff import Backoff
from leaddesk.desk.mirror.changes import Changes
from leaddesk.desk.mirror.connection import Connection, Phase, Progress
from leaddesk.desk.mirror.loader import Loader, Reader
from leaddesk.desk.mirror.watched import Watched

__all__ = ["Connection", "Phase", "Progress", "Sync"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_RETRY_SECONDS, _LONGEST_RETRY = 1.0, 8.0
_TELL_SECONDS = 0.033
_POLL_SECONDS = 15.0
_POLL_OVERLAP = timedelta(seconds=30)
_FULL_POLL_EVERY = 20
_CAPABILITY = "live"
_UNTIL_LOADED = 1 << 63


class Sync:
    """Follows one server for one person while :meth:`run` runs.

    ``trusted`` is false from a reconnect until every deletion of the time between is applied: nothing is to
    be shown then (measure A9).
    """

    def __init__(
        self, client: ApiClient, loader: Loader, changes: Changes, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._loader = loader
        self._changes = changes
        self._clock = clock
        self.connection = Watched(Connection(Phase.CONNECTING, clock()))
        self.progress = Watched(Progress())
        self._cursor: int | None = None
        self._mark = ""
        self._behind: int | None = None
        self._doubtful = False
        self._anew = False
        self._pauses = Backoff(_FIRST_PAUSE, _LONGEST_PAUSE)
        self._counted = 0
        self._told_at = 0.0
        self._hurry = asyncio.Event()
        self._load_wanted = asyncio.Event()

    @property
    def online(self) -> bool:
        """Whether calls are worth trying."""
        return self.connection.value.phase is not Phase.OFFLINE

    @property
    def trusted(self) -> bool:
        """Whether what the store holds may be shown."""
        return self._behind is None

    def retry_now(self) -> None:
        """Do not wait for the next attempt."""
        self._hurry.set()

    def forget(self) -> None:
        """Begin anew with the next :meth:`run`: the store was wiped."""
        self._cursor = self._behind = None
        self._doubtful = self._anew = False
        self._pauses.begin_anew()
        self._load_wanted.clear()
        self._changes.forget()
        self.progress.set(Progress())
        self._enter(Phase.CONNECTING)

    async def rest(self, seconds: float) -> None:
        """Wait before :meth:`run` is called again after an error of our own; what it follows is in doubt.

        What was heard and not applied may be lost: with the next answer everything is loaded anew, and
        nothing counts as trusted before.
        """
        self._doubtful, self._cursor = True, None
        now = self._clock()
        self.connection.set(Connection(Phase.BROKEN, now, now + timedelta(seconds=seconds)))
        await self._sleep(seconds)

    async def run(self, reader: Reader) -> None:
        """Follow until cancelled. Raises :class:`SessionOver` or :class:`Superseded` when it is over."""
        follow = self._listen if _CAPABILITY in reader.capabilities else self._poll
        try:
            async with asyncio.TaskGroup() as work:
                work.create_task(follow())
                work.create_task(self._load_when_wanted(reader))
                work.create_task(self._apply(reader))
        except* (SessionOver, Superseded):
            raise SessionOver from None

    async def _listen(self) -> None:
        while True:
            began = asyncio.get_running_loop().time()
            try:
                async with live_events(self._client, self._cursor, self._mark) as events:
                    first = await anext(events)
                    self._opened(first)
                    async for event in events:
                        self._hear(event)
            except (SessionOver, Superseded):
                raise
            except ApiError as error:
                if not (isinstance(error, Interrupted) and _lived(began)):
                    await self._wait_offline(error)

    def _opened(self, first: LiveEvent) -> None:
        self._pauses.begin_anew()
        if self._doubtful:
            self._restart(first.head)
        elif self._cursor is not None and first.head > self._cursor:
            self._behind = first.head
        else:
            self._behind = None
        self._hear(first)
        if not self.progress.value.done:
            self._load_wanted.set()
        self._enter(Phase.LIVE if self.trusted else Phase.CONNECTING)

    def _hear(self, event: LiveEvent) -> None:
        if event.kind is LiveKind.RESET:
            self._restart(event.head)
        elif event.kind is not LiveKind.HEAD:
            self._changes.note(event)
        if event.position is not None:
            self._cursor, self._mark = event.position, event.mark
        if self._behind is not None and self._cursor is not None and self._cursor >= self._behind:
            self._behind = None
            self._enter(Phase.LIVE)
        if self.progress.value.done:
            self.progress.set(replace(self.progress.value, synced_at=self._clock()))

    def _restart(self, head: int) -> None:
        """The server's log is another one: what is here counts for nothing until all is loaded anew."""
        self._cursor, self._mark, self._behind, self._doubtful = head, "", _UNTIL_LOADED, False
        self._anew = True
        self._changes.forget()
        self.progress.set(Progress())
        self._enter(Phase.CONNECTING)
        self._load_wanted.set()

    async def _load_when_wanted(self, reader: Reader) -> None:
        pauses = Backoff(_RETRY_SECONDS, _LONGEST_RETRY)
        while True:
            await self._load_wanted.wait()
            self._load_wanted.clear()
            if self._anew:
                self._anew = False
                self._changes.begin_anew()
            try:
                await self._loader.load(reader, self._advance)
            except (SessionOver, Superseded):
                raise
            except ApiError as error:
                self._load_wanted.set()
                await asyncio.sleep(max(pauses.pause(), wait_of(error)))
                continue
            pauses.begin_anew()
            self._loaded()

    def _advance(self, loaded: int, total: int | None) -> None:
        """Pass progress on; a person reads no more than some thirty figures a second."""
        now = asyncio.get_running_loop().time()
        self._counted = loaded
        if loaded == 0 or now >= self._told_at + _TELL_SECONDS:
            self._told_at = now
            self.progress.set(replace(self.progress.value, loaded=loaded, total=total))

    def _loaded(self) -> None:
        if self._anew:  # the log became another one meanwhile: what was loaded may be of either
            return
        self._behind = None
        self._changes.note_policy()
        self.progress.set(Progress(self._counted, self._counted, True, self._clock()))
        if self.connection.value.phase is Phase.CONNECTING and self._cursor is not None:
            self._enter(Phase.LIVE)

    async def _apply(self, reader: Reader) -> None:
        pauses = Backoff(_RETRY_SECONDS, _LONGEST_RETRY)
        while True:
            await self._changes.wait()
            try:
                await self._changes.apply(reader)
                pauses.begin_anew()
            except (SessionOver, Superseded):
                raise
            except ApiError as error:
                await asyncio.sleep(max(pauses.pause(), wait_of(error)))

    async def _poll(self) -> None:
        """Ask again and again: changes often, everything (hence deletions) now and then."""
        rounds = 0
        while True:
            asked_at = self._clock() - _POLL_OVERLAP
            try:
                if rounds % _FULL_POLL_EVERY == 0:
                    self._load_wanted.set()
                else:
                    await self._loader.load_changed(format_time(asked_at - timedelta(seconds=_POLL_SECONDS)))
                    self.progress.set(replace(self.progress.value, synced_at=self._clock()))
                self._enter(Phase.POLLING)
                rounds += 1
                await self._sleep(_POLL_SECONDS)
            except (SessionOver, Superseded):
                raise
            except ApiError as error:
                await self._wait_offline(error)

    async def _wait_offline(self, error: ApiError) -> None:
        pause = max(self._pauses.pause(), wait_of(error))
        connection = self.connection.value
        since = connection.since if connection.phase is Phase.OFFLINE else self._clock()
        again = self._clock() + timedelta(seconds=pause)
        self.connection.set(Connection(Phase.OFFLINE, since, again, error.obstacle))
        await self._sleep(pause)

    async def _sleep(self, seconds: float) -> None:
        self._hurry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    def _enter(self, phase: Phase) -> None:
        if self.connection.value.phase is not phase:
            self.connection.set(Connection(phase, self._clock()))


def _lived(began: float) -> bool:
    """A stream that ends after a while ended as it should (its token did); try again at once."""
    return asyncio.get_running_loop().time() - began > 1.0
