"""Drawing ahead: on Linux a forked child draws and seals the leads while the server imports and stores them.

The leads are the same to the byte, for the child draws from the same population; their keys come with them
through the pipe and are in no other place than the server's memory. The child is forked while there is
one thread and no credential, closes all but its pipe, and ends with it, so at the latest with the server.
Elsewhere, for few leads, without an idle core, or from where the child failed on, the server draws by itself.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, NoReturn

import msgspec

from leaddesk.server.eventlog.bulk import SealedLead
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Batch, Source, batches

WORTH_LEADS = 2_000
"""Below this a second process costs as much as it saves."""

_PIPE_BYTES = 1 << 20
_BACKLOG = 100
"""How many pieces the child keeps in hand before it waits for the server, which imports first."""

_HEAD = 4
_log = logging.getLogger(__name__)
_decoder = msgspec.msgpack.Decoder(list[SealedLead])


@contextlib.contextmanager
def drawn_ahead(population: Population) -> Iterator[Source]:
    """Give the leads of each tenant, in the order of the world's tenants; at the end the child is gone.

    Enter it before any other thread exists and before credentials are drawn.
    """
    started = _start(population) if _worth(population) else None
    if started is None:
        yield partial(batches, population)
        return
    child, read = started
    with os.fdopen(read, "rb", buffering=_PIPE_BYTES) as pipe:
        try:
            yield partial(_received, pipe, population)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _start(population: Population) -> tuple[int, int] | None:
    """Fork the child; returns its id and our end of the pipe, ``None`` where the system has no room."""
    read, write = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(read)
        os.close(write)
        return None
    if not child:
        _be_the_child(population, write)
    os.close(write)
    return child, read


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


def _received(pipe: BinaryIO, population: Population, tenant: str) -> Iterator[Batch]:
    """Decode one tenant's leads; what does not come is drawn here."""
    count = 0
    while count < population.size(tenant):
        size = int.from_bytes(pipe.read(_HEAD))
        message = pipe.read(size)
        if not size or len(message) < size:
            _log.warning("drawing ahead ended early")
            yield from batches(population, tenant, count)
            return
        batch = _decoder.decode(message)
        count += len(batch)
        yield batch


def _be_the_child(population: Population, pipe: int) -> NoReturn:
    """Draw everything into the pipe; never returns, and says nothing: the server tells what is missing."""
    try:
        _let_go(pipe)
        _send_all(population, pipe)
        os._exit(0)
    finally:
        os._exit(1)


def _let_go(pipe: int) -> None:
    """Close what is the server's: its leash, the pipe of the ready line, its socket, our pipe's other end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, nowhere + 1)


def _send_all(population: Population, pipe: int) -> None:
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    encode, waiting = msgspec.msgpack.Encoder().encode, deque[memoryview]()
    for tenant in population.world.tenants:
        for batch in batches(population, tenant.key):
            message = encode(batch)
            waiting.append(memoryview(len(message).to_bytes(_HEAD)))
            waiting.append(memoryview(message))
            _push(pipe, waiting, _BACKLOG)
    _push(pipe, waiting, 0)


def _push(pipe: int, waiting: deque[memoryview], most: int) -> None:
    """Write what the pipe takes at once; if more than ``most`` messages wait, all of it."""
    os.set_blocking(pipe, len(waiting) > most)
    with contextlib.suppress(BlockingIOError):
        while waiting:
            waiting[0] = waiting[0][os.write(pipe, waiting[0]) :]
            if not waiting[0]:
                waiting.popleft()
