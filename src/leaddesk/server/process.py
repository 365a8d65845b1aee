"""One server process: a listening socket, uvicorn on it, and an orderly end.

uvicorn is used as a library: no log configuration, no access log, no signal handlers of its own.
"""

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

GRACE_SECONDS = 2
"""How long running requests and open push streams may still take once the end has begun."""

_log = logging.getLogger(__name__)


class Process:
    """Runs an application on a socket until :meth:`stop` or a signal.

    ``ready`` is called once the first request would be answered, ``ending`` when the end begins, so that
    push streams can end first.
    """

    def __init__(
        self,
        app: Starlette,
        listener: socket.socket,
        ready: Callable[[], None],
        ending: Callable[[], None],
    ) -> None:
        self._listener = listener
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Server(config, ready, ending)

    def run(self) -> None:
        """Serve in a loop of its own (uvloop where it is installed); returns after the orderly end."""
        with asyncio.Runner(loop_factory=_loop_factory()) as runner, self._signals():
            runner.run(self.serve())

    async def serve(self) -> None:
        """Serve in the running loop. Raises what ``ready`` raised of :class:`OSError`, after the end."""
        asyncio.get_running_loop().set_exception_handler(log_failure)
        await self._server.serve([self._listener])
        if self._server.unheard is not None:
            raise self._server.unheard

    def stop(self) -> None:
        """Begin the orderly end; from any thread, any number of times."""
        self._server.should_exit = True

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, lambda *_: self.stop()) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


class _Server(uvicorn.Server):
    """uvicorn that says when it serves and when it ends, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending
        self.unheard: OSError | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        try:
            self._ready()
        except OSError as failure:  # nobody hears that it is ready: end in order, then tell
            self.unheard = failure
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so, then end."""
        self._ending()
        await super().shutdown(sockets)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    return factory


def log_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note a failure nobody awaited, by type and place; its text may hold personal data (guarantee A8)."""
    error = context.get("exception")
    frames = traceback.extract_tb(error.__traceback__)[-2:] if error else []
    place = ", ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    _log.error("unawaited %s at %s", type(error).__name__ if error else "failure", place or "unknown place")
