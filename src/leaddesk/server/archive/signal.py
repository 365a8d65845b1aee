"""An export on the operator's signal: ``kill -USR1`` to a server that was given a folder for it."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from leaddesk.server.archive.export import export
from leaddesk.server.archive.heads import HeadWitness, sign_heads
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.leases.turn import Turn
from leaddesk.server.operations.upkeep import SIGNING, SIGNING_SECONDS
from leaddesk.server.oversight.chain import Witness, seal
from leaddesk.server.oversight.storage import AccessStorage

PATIENCE_SECONDS, LOOK_SECONDS = 20.0, 0.2

_log = logging.getLogger(__name__)


class StillSigning(Exception):
    """Another process has been signing for longer than an export waits."""


class Notary(Witness, HeadWitness, Protocol):
    """Signs both kinds of what is signed, one caller at a time."""

    turn: threading.Lock


class Exports:
    """Writes exports into a folder, one at a time, beside the requests."""

    def __init__(
        self, log: EventLog, accesses: AccessStorage, notary: Callable[[], Notary], folder: Path
    ) -> None:
        self._log = log
        self._accesses = accesses
        self._notary = notary
        self._folder = folder
        self._turn = threading.Lock()

    def on_signal(self) -> None:
        """Listen for SIGUSR1 from now on; nothing where the system has no such signal."""
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, lambda *_: self.begin(_utc_now))

    def begin(self, clock: Callable[[], datetime]) -> threading.Thread:
        """Write an export in a thread of its own; what fails is noted."""
        thread = threading.Thread(target=self._noted, args=(clock,), name="export", daemon=True)
        thread.start()
        return thread

    def write(self, clock: Callable[[], datetime]) -> Path:
        """Sign, write under another name until it is whole, then give it its own.

        Raises ``OSError``, :class:`StillSigning`.
        """
        notary = self._notary()
        with self._turn:
            with notary.turn:
                self._sign(notary, clock)
            path = self._folder / f"history-{self._log.log_id[:8]}-{clock():%Y%m%dT%H%M%S%f}.jsonl"
            begun = path.with_suffix(".part")
            handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                export(self._log, self._accesses, file)
                file.flush()
                os.fsync(file.fileno())
            return begun.rename(path)

    def _sign(self, notary: Notary, clock: Callable[[], datetime]) -> None:
        """Sign what there is; waits for another process that is signing. Raises :class:`StillSigning`."""
        turn, waiting = Turn(self._log.leases, SIGNING, SIGNING_SECONDS), threading.Event()
        for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            with turn.once() as ours:
                if ours:
                    seal(self._accesses, notary, clock)
                    sign_heads(self._log, notary, clock)
                    return
            waiting.wait(LOOK_SECONDS)
        raise StillSigning

    def _noted(self, clock: Callable[[], datetime]) -> None:
        try:
            self.write(clock)
        except Exception as failure:  # a full disk, a lost mount: the server goes on
            _log.error("export not written: %s", type(failure).__name__)
        else:
            _log.info("export written")


def _utc_now() -> datetime:
    return datetime.now(UTC)
