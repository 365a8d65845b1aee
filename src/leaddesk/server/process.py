"""One server process: a listening socket, uvicorn on it, and an orderly end.

uvicorn is used as a library: no log configuration, no access log, no signal handlers of its own.
"""

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import os
import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
import uvicorn.lifespan.on
import uvicorn.protocols.http.httptools_impl  # as above: found by name later, when nothing else goes on (P13)
from starlette.applications import Starlette

if TYPE_CHECKING:
    from leaddesk.server.operations.service.certificate import Certificate

GRACE_SECONDS = 2
"""How long running requests and open push streams may still take once the end has begun."""

IDLE_SECONDS, IDLE_SECONDS_OF_A_PROXY = 5, 75
"""How long a connection may be idle. A proxy gives its connections up earlier (packaging/server/nginx.conf),
so that it never sends a request into one that is being closed.
"""

FAREWELL_SECONDS = 1.0
"""How long a client may take to answer the goodbye of TLS; most that keep a connection for later never do."""

EXIT_CUT_SHORT = 130
"""Exit code when a second signal ended it at once: what was acknowledged is written, what ran is cut off."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a process serves.

    ``certificate``: for TLS. ``behind_proxy``: a proxy on this machine tells who asks and how
    (X-Forwarded-For, -Proto). ``cut_short``: a second signal ends the process at once. ``on_hangup``: what
    SIGHUP does; without it that ends the process, as a closed terminal does.
    """

    grace_seconds: int = GRACE_SECONDS
    certificate: "Certificate | None" = None
    behind_proxy: bool = False
    cut_short: bool = True
    on_hangup: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """Whom to tell: ``ready`` once the first request would be answered, ``ending`` when the end begins, so
    that push streams can end first.
    """

    ready: Callable[[], None]
    ending: Callable[[], None]


class Process:
    """Runs an application on a socket until :meth:`stop` or a signal.

    The first signal ends it in order: running requests and streams end, the application's life ends (queues
    are flushed), the exit code is 0. A second one ends it at once.
    """

    def __init__(
        self, app: Starlette, listener: socket.socket, moments: Moments, manner: Manner | None = None
    ) -> None:
        self._listener = listener
        self._manner = manner or Manner()
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=self._manner.behind_proxy,
            forwarded_allow_ips="127.0.0.1,::1",
            timeout_graceful_shutdown=self._manner.grace_seconds,
            timeout_keep_alive=IDLE_SECONDS_OF_A_PROXY if self._manner.behind_proxy else IDLE_SECONDS,
        )
        config.load()
        config.ssl = self._manner.certificate.context if self._manner.certificate else None
        self._server = _Server(config, moments)

    def run(self) -> None:
        """Serve in a loop of its own (uvloop where it is installed); returns after the orderly end."""
        with asyncio.Runner(loop_factory=_new_loop) as runner, self._signals():
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

    def _signalled(self, *_: object) -> None:
        if self._server.should_exit and self._manner.cut_short:
            os._exit(EXIT_CUT_SHORT)
        self.stop()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, self._signalled) for one in (signal.SIGINT, signal.SIGTERM)}
        if (hung_up := self._manner.on_hangup) is not None:
            before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: hung_up())
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


class _Server(uvicorn.Server):
    """uvicorn that says when it serves and when it ends, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config, moments: Moments) -> None:
        super().__init__(config)
        self._moments = moments
        self.unheard: OSError | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        try:
            self._moments.ready()
        except OSError as failure:  # nobody hears that it is ready: end in order, then tell
            self.unheard = failure
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so, then end."""
        self._moments.ending()
        parting = asyncio.create_task(self._part())
        try:
            await super().shutdown(sockets)
        finally:
            parting.cancel()

    async def _part(self) -> None:
        """Leave connections on which everything was said, goodbye too, a look ago.

        asyncio waits for the answer to TLS's goodbye (RFC 8446, 6.1), and the end would wait with it until no
        grace is left.
        """
        told: set[asyncio.Transport] = set()
        while True:
            await asyncio.sleep(FAREWELL_SECONDS)
            lines: set[Any] = {getattr(one, "transport", None) for one in self.server_state.connections}
            silent = {
                line for line in lines if line and line.is_closing() and not line.get_write_buffer_size()
            }
            for line in silent & told:
                line.abort()
            told = silent


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    return factory


_new_loop = _loop_factory()


def log_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note a failure nobody awaited, by type and place; its text may hold personal data (guarantee A8)."""
    error = context.get("exception")
    frames = traceback.extract_tb(error.__traceback__)[-2:] if error else []
    place = ", ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    _log.error("unawaited %s at %s", type(error).__name__ if error else "failure", place or "unknown place")
