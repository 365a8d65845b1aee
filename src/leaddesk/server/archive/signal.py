"""An export on the operator's order or signal, ``kill -USR1`` to a server that was given a folder for it."""

import errno
import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from leaddesk.server.archive.export import export
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.leases.turn import Turn
from leaddesk.server.operations.upkeep import SIGNING, SIGNING_SECONDS, SignedSegments
from leaddesk.server.oversight.chain import seal
from leaddesk.server.oversight.storage import AccessStorage

PATIENCE_SECONDS, LOOK_SECONDS = 20.0, 0.2

_log = logging.getLogger(__name__)


class StillSigning(Exception):
    """Another process has been signing for longer than an export waits."""


class Exports:
    """Writes exports, one at a time, beside the requests; into ``folder`` if nobody says where."""

    def __init__(
        self,
        log: EventLog,
        accesses: AccessStorage,
        notary: Callable[[], SignedSegments],
        folder: Path | None,
    ) -> None:
        self.folder = folder
        self._log = log
        self._accesses = accesses
        self.notary = notary
        self._turn = threading.Lock()

    def on_signal(self) -> None:
        """Listen for SIGUSR1 from now on; not without a folder, or where the system has no such signal."""
        if self.folder is not None and hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, lambda *_: self.begin(_utc_now))

    def begin(self, clock: Callable[[], datetime]) -> threading.Thread:
        """Write an export in a thread of its own; what fails is noted."""
        thread = threading.Thread(target=self._noted, args=(clock,), name="export", daemon=True)
        thread.start()
        return thread

    def write(self, clock: Callable[[], datetime], to: Path | None = None) -> Path:
        """Sign, write under another name until it is whole, then give it its own.

        ``to``: a folder, or a file that is not there yet. Raises ``OSError``, :class:`StillSigning`.
        """
        path = self._named(to or self.folder, clock())
        notary = self.notary()
        with self._turn:
            with notary.turn:
                self._sign(notary, clock)
            begun = path.with_name(path.name + ".part")
            handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(handle, "wb") as file:
                    export(self._log, self._accesses, file)
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                begun.unlink()
                raise
            return begun.rename(path)

    def _named(self, to: Path | None, now: datetime) -> Path:
        if to is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        path = to / f"history-{self._log.log_id[:8]}-{now:%Y%m%dT%H%M%S%f}.jsonl" if to.is_dir() else to
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        return path

    def _sign(self, notary: SignedSegments, clock: Callable[[], datetime]) -> None:
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
