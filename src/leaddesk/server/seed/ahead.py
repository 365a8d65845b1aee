"""Drawing ahead: on Linux a forked child draws and seals the leads while the server imports and stores them.

The leads are the same to the byte, for the child draws from the same population; their keys come with them
through memory that only the two share, and are in no other place. The child is forked while there is one
thread and no credential, lets go of all but its ways to the server, and ends with the start, so at the latest
with the server. Elsewhere, for few leads, without an idle core, or from where the child failed on, the server
draws by itself.
"""

import contextlib
import logging
import marshal
import mmap
import os
import signal
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

from leaddesk.server.eventlog.bulk import Batch
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source, batches

WORTH_LEADS = 2_000
"""Below this a second process costs as much as it saves."""

_PLACES, _PLACE = 150, 1 << 20
"""How many batches may lie between the two, and the longest one; memory is taken when it is first used."""

_HEAD = 4
_log = logging.getLogger(__name__)


class TooLong(Exception):
    """A batch has no room in its place."""


class Counter:
    """Batches on their way from one process to another: shared memory between, and two pipes that count.

    One side only puts, the other only takes. No copy of a batch outlasts the next use of its place.
    """

    def __init__(self) -> None:
        """Raises :class:`OSError` where the system has no room."""
        self._memory = mmap.mmap(-1, _PLACES * _PLACE)
        self._put, self._taken = os.pipe(), os.pipe()
        self._count, self._free = 0, _PLACES

    def keep(self, *, puts: bool) -> set[int]:
        """Close the other side's ends; returns our own."""
        mine, other = (self._put[puts], self._taken[not puts]), (self._put[not puts], self._taken[puts])
        for end in other:
            os.close(end)
        return set(mine)

    def put(self, batch: Batch) -> None:
        """Leave a batch, when a place is free. Raises :class:`TooLong`; nobody takes: :class:`OSError`."""
        message = marshal.dumps(tuple(batch))
        if len(message) > _PLACE:
            raise TooLong
        while not self._free:
            self._free = len(os.read(self._taken[0], _PLACES)) or self._nobody()
        start = self._count % _PLACES * _PLACE
        self._memory[start : start + len(message)] = message
        self._count, self._free = self._count + 1, self._free - 1
        os.write(self._put[1], len(message).to_bytes(_HEAD))

    def take(self) -> Batch | None:
        """Wait for the next batch; nothing if the other side has ended."""
        size = int.from_bytes(os.read(self._put[0], _HEAD))
        if not size:
            return None
        start = self._count % _PLACES * _PLACE
        with memoryview(self._memory)[start : start + size] as message:
            batch = Batch(*marshal.loads(message))  # noqa: S302 - from our own child, by memory nobody else has
        self._count += 1
        with contextlib.suppress(BrokenPipeError):  # it has put its last and is gone
            os.write(self._taken[1], b"\0")
        return batch

    def close(self) -> None:
        """Let go of everything on the taker's side."""
        os.close(self._put[0])
        os.close(self._taken[1])
        self._memory.close()

    @staticmethod
    def _nobody() -> NoReturn:
        raise BrokenPipeError


@contextlib.contextmanager
def drawn_ahead(population: Population) -> Iterator[Source]:
    """Give the leads of each tenant, in the order of the world's tenants; at the end the child is gone.

    Enter it before any other thread exists and before credentials are drawn.
    """
    started = _start(population) if _worth(population) else None
    if started is None:
        yield partial(batches, population)
        return
    child, counter = started
    try:
        yield partial(_received, counter, population)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        counter.close()


def _start(population: Population) -> tuple[int, Counter] | None:
    """Fork the child; returns its id and what it puts its batches on, ``None`` where there is no room."""
    try:
        counter = Counter()
    except OSError:
        return None
    try:
        child = os.fork()
    except OSError:
        counter.keep(puts=False)
        counter.close()
        return None
    if not child:
        _be_the_child(population, counter)
    counter.keep(puts=False)
    return child, counter


def _worth(population: Population) -> bool:
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and _running() < len(os.sched_getaffinity(0))
        and sum(population.size(tenant.key) for tenant in population.world.tenants) >= WORTH_LEADS
    )


def _running() -> int:
    """Count who wants a core at this moment, us included (proc_loadavg(5)); the child needs one to itself."""
    return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])


def _received(counter: Counter, population: Population, tenant: str) -> Iterator[Batch]:
    """Take one tenant's leads; what does not come is drawn here."""
    count = 0
    while count < population.size(tenant):
        batch = counter.take()
        if batch is None:
            _log.warning("drawing ahead ended early")
            yield from batches(population, tenant, count)
            return
        count += len(batch.leads)
        yield batch


def _be_the_child(population: Population, counter: Counter) -> NoReturn:
    """Draw everything onto the counter; never returns, and says nothing: the server tells what is missing."""
    try:
        _let_go(counter.keep(puts=True))
        for tenant in population.world.tenants:
            for batch in batches(population, tenant.key):
                counter.put(batch)
        os._exit(0)
    finally:
        os._exit(1)


def _let_go(ours: set[int]) -> None:
    """Close what is the server's: its leash, the pipe of the ready line, its socket."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    for end in range(3, max(nowhere, *ours) + 1):
        if end not in ours:
            with contextlib.suppress(OSError):
                os.close(end)
