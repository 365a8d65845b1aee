"""``leaddesk server run`` for a terminal, and the same server as a child of the demo.

Everything heavy is imported after the wishes have been checked. What is wrong is one sentence on stderr.
"""

import contextlib
import gc
import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import socket
from typing import TYPE_CHECKING

from leaddesk.personal.masked import Secret
from leaddesk.server.capacity import free_bytes, needed_bytes

if TYPE_CHECKING:
    from leaddesk.server.app import DemoApp

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
GIB = 1024**3


class CannotServe(Exception):
    """The wish cannot be met; the text is the sentence for the person, ``code`` the exit code."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the ready line goes, which threads may begin once nothing is forked any more, and whether a
    second signal ends at once.
    """

    announce: Callable[[str], None]
    start_threads: Callable[[], None] = lambda: None
    cut_short: bool = True


def run_server(host: str, port: int, leads: int) -> int:
    """Serve the demo population, print one JSON line when ready, end on SIGINT and SIGTERM.

    Returns the exit code.
    """
    return _exit_code(lambda: _serve(_listen(host, port, leads), leads, Surroundings(_print)))


def run_child(leads: int) -> int:
    """Serve as a child: the ready line goes into stdout, a pipe; the end of stdin ends the server."""

    def leash() -> None:
        from leaddesk.server.leash import end_with_parent

        end_with_parent(sys.stdin.fileno())

    # Pipe and kernel may both tell of the parent's end: the second signal is no impatience.
    around = Surroundings(_print_and_leave, leash, cut_short=False)
    return _exit_code(lambda: _serve(_listen("127.0.0.1", 0, leads), leads, around))


def _exit_code(serve: Callable[[], None]) -> int:
    try:
        serve()
    except CannotServe as refusal:
        sys.stderr.write(f"leaddesk server: {refusal}\n")
        return refusal.code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _leave_stdout()
        sys.stderr.write("leaddesk server: nobody reads the line with the address and the credentials\n")
        return EXIT_FAILED
    return 0


def _serve(listener: socket, leads: int, around: Surroundings) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # no foreign code, and no search for it (A7, P13)
    with _without_collections():
        from leaddesk.server.seed.ahead import drawn_ahead
        from leaddesk.server.seed.population import Population

        population = Population(leads, clock=_now)
        with drawn_ahead(population) as source:
            around.start_threads()
            from leaddesk.server.announcement import ready_line
            from leaddesk.server.app import demo_of
            from leaddesk.server.listening import url_of
            from leaddesk.server.process import Manner, Moments, Process

            outbox = Secret(secrets.token_urlsafe(16))
            demo = demo_of(population, _now, source, outbox_key=outbox)
    line = ready_line(url_of(listener), demo.credentials, outbox)
    moments = Moments(lambda: _ready(around, line, demo), demo.services.closing.set)
    Process(demo.app, listener, moments, Manner(cut_short=around.cut_short)).run()


def _ready(around: Surroundings, line: str, demo: "DemoApp") -> None:
    """Say so, then put the files to the leads: whoever signs in takes longer than that (P13)."""
    from leaddesk.server.seed.papers.placing import place_files

    around.announce(line)
    place_files(demo.services.office, demo.population)


def _now() -> datetime:
    return datetime.now(UTC)


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Pause the garbage collector: thousands of new objects, all of them here to stay (P13)."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _listen(host: str, port: int, leads: int) -> socket:
    _check_size(leads)
    from leaddesk.server.listening import AddressTaken, NotLoopback, listen_on_loopback

    try:
        return listen_on_loopback(host, port)
    except NotLoopback:
        raise CannotServe(
            "the demo population and its passwords are served to this machine only; "
            "--host must be a loopback address: 127.0.0.1, ::1 or localhost",
            EXIT_USAGE,
        ) from None
    except AddressTaken:
        raise CannotServe(
            f"port {port} is in use or not available; choose another --port", EXIT_FAILED
        ) from None


def _check_size(leads: int) -> None:
    needed, free = needed_bytes(leads), free_bytes()
    if free is not None and needed > free:
        raise CannotServe(
            f"{leads} leads need {needed / GIB:.1f} GiB of memory, {free / GIB:.1f} GiB are free",
            EXIT_FAILED,
        )


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _print_and_leave(line: str) -> None:
    """Print, then leave the pipe, so that nothing can ever be read from it again."""
    _print(line)
    _leave_stdout()


def _leave_stdout() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
