"""Drawing ahead: on Linux a forked child draws and seals the leads while the server imports and stores them.

The leads are the same to the byte, for the child draws from the same population; their keys come with them
through memory that only the two share, and are in no other place. The child is forked while there is one
thread and no credential, lets go of all but its ways to the server, and ends with the start, so at the latest
with the server. Elsewhere, for few leads, or from where the child failed on, the server draws by itself.
"""

import contextlib
import logging
import marshal
import mmap
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial
from struct import Struct
from typing import NoReturn

from leaddesk.server.eventlog.bulk import Batch, Linked, Linker
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source, batches, linked

WORTH_LEADS = 2_000
"""Below this a second process costs as much as it saves."""

_PLACES, _PLACE = 16, 1 << 20
"""How many batches may lie between the two, and the longest one. Few: memory used again is memory at hand."""
_BACKLOG = 150
"""How many batches the child keeps in hand before it waits for the server, which imports first."""

_HEAD = 4
_ASKED = Struct("<Q32s")
_log = logging.getLogger(__name__)


class TooLong(Exception):
    """A batch has no room in its place."""


class Counter:
    """Batches on their way from one process to another: shared memory between, and pipes that count.

    One side says where a tenant's log stands and takes, the other puts. A batch lies there until its place is
    used again.
    """

    def __init__(self) -> None:
        """Raises :class:`OSError` where the system has no room."""
        self._memory = mmap.mmap(-1, _PLACES * _PLACE)
        self._put, self._taken, self._heads = os.pipe(), os.pipe(), os.pipe()
        self._count, self._free = 0, _PLACES

    def keep(self, *, puts: bool) -> set[int]:
        """Close the other side's ends; returns our own."""
        back = not puts
        for end in (self._put[back], self._taken[puts], self._heads[puts]):
            os.close(end)
        return {self._put[puts], self._taken[back], self._heads[back]}

    def ask(self, position: int, link: bytes) -> None:
        """Ask for a tenant's leads and say where its log stands."""
        with contextlib.suppress(BrokenPipeError):  # nobody is there: nothing will be taken
            os.write(self._heads[1], _ASKED.pack(position, link))

    def asked(self, *, wait: bool) -> tuple[int, bytes] | None:
        """Learn where the next tenant's log stands, if that was said. Nobody asks: :class:`OSError`."""
        os.set_blocking(self._heads[0], wait)
        try:
            said = os.read(self._heads[0], _ASKED.size) or self._nobody()
        except BlockingIOError:
            return None
        position, link = _ASKED.unpack(said)
        return position, link

    def has_place(self, *, wait: bool) -> bool:
        """Tell whether a batch can be put. Nobody takes: :class:`OSError`."""
        os.set_blocking(self._taken[0], wait and not self._free)
        with contextlib.suppress(BlockingIOError):
            self._free += len(os.read(self._taken[0], _PLACES)) or self._nobody()
        return self._free > 0

    def put(self, batch: Linked) -> None:
        """Leave a batch where a place is free. Raises :class:`TooLong`; nobody takes: :class:`OSError`."""
        message = marshal.dumps(tuple(batch))
        if len(message) > _PLACE:
            raise TooLong
        start = self._count % _PLACES * _PLACE
        self._memory[start : start + len(message)] = message
        self._count, self._free = self._count + 1, self._free - 1
        os.write(self._put[1], len(message).to_bytes(_HEAD))

    def take(self) -> Linked | None:
        """Wait for the next batch; nothing if the other side has ended."""
        size = int.from_bytes(os.read(self._put[0], _HEAD))
        if not size:
            return None
        start = self._count % _PLACES * _PLACE
        with memoryview(self._memory)[start : start + size] as message:
            batch = Linked(*marshal.loads(message))  # noqa: S302 - from our own child, by memory nobody else has
        self._count += 1
        with contextlib.suppress(BrokenPipeError):  # it has put its last and is gone
            os.write(self._taken[1], b"\0")
        return batch

    def close(self) -> None:
        """Let go of everything on the taker's side."""
        for end in (self._put[0], self._taken[1], self._heads[1]):
            os.close(end)
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
        yield partial(linked, population)
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
        and sum(population.size(tenant.key) for tenant in population.world.tenants) >= WORTH_LEADS
    )


def _received(
    counter: Counter, population: Population, tenant: str, position: int, link: bytes
) -> Iterator[Linked]:
    """Take one tenant's leads; what does not come is drawn here."""
    counter.ask(position, link)
    count = 0
    while count < population.size(tenant):
        batch = counter.take()
        if batch is None:
            _log.warning("drawing ahead ended early")
            yield from linked(population, tenant, position, link, count)
            return
        count, position, link = count + len(batch.leads), batch.position, batch.link
        yield batch


def _be_the_child(population: Population, counter: Counter) -> NoReturn:
    """Draw everything onto the counter; never returns, and says nothing: the server tells what is missing."""
    try:
        _let_go(counter.keep(puts=True))
        for tenant in population.world.tenants:
            _put_all(counter, batches(population, tenant.key))
        os._exit(0)
    finally:
        os._exit(1)


def _put_all(counter: Counter, drawn: Iterator[Batch]) -> None:
    """Draw a tenant's leads and put them as soon as it is said where its log stands."""
    held, linker = deque[Batch](), None
    for batch in drawn:
        held.append(batch)
        full = len(held) >= _BACKLOG
        linker = linker or _linker(counter, wait=full)
        while linker and held and counter.has_place(wait=full):
            counter.put(linker.linked(held.popleft()))
    linker = linker or _linker(counter, wait=True)
    while linker and held and counter.has_place(wait=True):
        counter.put(linker.linked(held.popleft()))


def _linker(counter: Counter, *, wait: bool) -> Linker | None:
    head = counter.asked(wait=wait)
    return head and Linker(*head)


def _let_go(ours: set[int]) -> None:
    """Close what is the server's: its leash, the pipe of the ready line, its socket."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    for end in range(3, max(nowhere, *ours) + 1):
        if end not in ours:
            with contextlib.suppress(OSError):
                os.close(end)
