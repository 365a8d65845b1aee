"""The access log: every access is on record before its answer leaves, or there is no answer (measure A8).

Group commit, where a commit waits for a disk: who comes alone is written at once; who comes while a batch is
being written waits for the next, which is written as soon as the one before has ended. So nobody ever waits
for company. In memory each is written when it comes: a batch would hold all its answers back at once.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from leaddesk.contract.wire import format_time
from leaddesk.server.oversight.entries import API_KEY, PERSON, VALUE, Deed, Entry, detail_of
from leaddesk.server.oversight.pseudonyms import Pseudonyms, month_of
from leaddesk.server.oversight.storage import AccessStorage

LARGEST_BATCH = 128
"""Entries of one transaction: about 3 ms, so that a batch is not the wait it shall prevent."""

PATIENCE_SECONDS = 2.0
"""How long an access waits for its entry before it is refused."""

Batch = Sequence[tuple[Entry, "asyncio.Future[None]"]]

_log = logging.getLogger(__name__)


class AccessLogUnavailable(Exception):
    """What should be recorded cannot be; nothing personal may be answered (fail closed)."""


class AccessLog:
    """Records deeds. ``on_batch`` hears of each batch: entries, seconds, whether it was written."""

    def __init__(self, storage: AccessStorage, pseudonyms: Pseudonyms, clock: Callable[[], datetime]) -> None:
        self.storage = storage
        self.pseudonyms = pseudonyms
        self.on_batch: Callable[[int, float, bool], None] = _unheard
        self._clock = clock
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing = False
        self._failed = False
        self._late = False
        self._quiet: asyncio.Future[None] | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def record(self, deed: Deed) -> None:
        """Return once the deed is on record. Raises :class:`AccessLogUnavailable`."""
        if self._late:  # a write hangs: who joins the queue would hang with it
            raise AccessLogUnavailable
        if not self.storage.waits_for_disk:
            if not self._stored([self._entry(deed, self._clock())]):
                raise AccessLogUnavailable
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._queued(await self._entry_beside(deed))
        except TimeoutError:
            self._late = self._writing
            raise AccessLogUnavailable from None

    async def check(self, thoroughly: bool = False) -> None:
        """Return if it can be written; at once if the last batch was, or else (or ``thoroughly``) by a try.

        ``thoroughly``: and read, which on PostgreSQL another role does. Raises :class:`AccessLogUnavailable`.
        """
        if not (self._failed or self._late or thoroughly):
            return
        if self._late or not await self._tried(self._probe):
            raise AccessLogUnavailable
        if thoroughly and not await self._tried(self._look):
            raise AccessLogUnavailable

    async def _tried(self, attempt: Callable[[], bool]) -> bool:
        if not self.storage.waits_for_disk:
            return attempt()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.to_thread(attempt)
        except TimeoutError:
            return False

    def _look(self) -> bool:
        """Try to read."""
        try:
            self.storage.look()
        except Exception as failure:
            _log.warning("access log cannot be read: %s", type(failure).__name__)
            return False
        return True

    def _probe(self) -> bool:
        """Try to write."""
        try:
            self.storage.probe()
        except Exception as failure:
            _log.warning("access log cannot be written: %s", type(failure).__name__)
            return False
        self._failed = False
        return True

    async def settle(self) -> None:
        """Wait until everything that was recorded is written."""
        if self._writing and not self._late:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet

    async def close(self) -> None:
        """Write what waits, let go of the database."""
        await self.settle()
        if self._thread is not None:
            self._thread.shutdown(wait=not self._late)
        if not self._late:  # a write that hangs holds the database
            self.storage.close()

    async def _entry_beside(self, deed: Deed) -> Entry:
        """Make the entry; what asks the disk does so in a thread, once a tenant and month."""
        now = self._clock()
        if self.pseudonyms.has_secret(deed.caller.tenant_id, month_of(now)):
            return self._entry(deed, now)
        return await asyncio.to_thread(self._entry, deed, now)

    def _entry(self, deed: Deed, now: datetime) -> Entry:
        try:
            return _pseudonymised(deed, now, self.pseudonyms)
        except Exception as failure:  # key store or database; its text may hold values (guarantee A8)
            self._failed = True
            _log.error("no pseudonym: %s", type(failure).__name__)
            raise AccessLogUnavailable from None

    async def _queued(self, entry: Entry) -> None:
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((entry, written))
        if not self._writing:
            self._writing = True
            loop.call_soon(self._write, loop)
        await written

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="access-log")
        storing = loop.run_in_executor(self._thread, self._stored, [entry for entry, _ in batch])
        storing.add_done_callback(lambda done: self._settle(loop, batch, done.result()))

    def _stored(self, entries: Sequence[Entry]) -> bool:
        began, stored = time.perf_counter(), False
        try:
            self.storage.append(entries)
            stored = True
        except Exception as failure:  # a full disk, a lost mount, a locked file: all the same to the reader
            _log.error("access log not written: %s", type(failure).__name__)
        self._failed = not stored
        self.on_batch(len(entries), time.perf_counter() - began, stored)
        return stored

    def _settle(self, loop: asyncio.AbstractEventLoop, batch: Batch, stored: bool) -> None:
        self._late = False
        for _, written in batch:
            if written.done():  # nobody waits any more: the connection was closed, or the patience ended
                continue
            if stored:
                written.set_result(None)
            else:
                written.set_exception(AccessLogUnavailable())
        self._writing = bool(self._waiting)
        if self._writing:
            loop.call_soon(self._write, loop)
        elif self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)


def _pseudonymised(deed: Deed, now: datetime, pseudonyms: Pseudonyms) -> Entry:
    caller, tenant, month = deed.caller, deed.caller.tenant_id, month_of(now)
    words = {key: pseudonyms.of(tenant, month, (VALUE, text)) for key, text in deed.read.words.items()}
    return Entry(
        tenant,
        format_time(now),
        pseudonyms.of(tenant, month, (PERSON, caller.urn)),
        API_KEY if caller.is_machine else caller.role.value,
        deed.action,
        pseudonyms.of(tenant, month, deed.thing) if deed.thing else None,
        deed.purpose,
        deed.result,
        detail_of(deed.read, words),
    )


def _unheard(_entries: int, _seconds: float, _written: bool) -> None:
    return
