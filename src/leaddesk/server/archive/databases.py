"""``leaddesk server verify --config FILE``: the logs where they lie, as the auditor reads them."""

import base64
import binascii
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.archive.outside import Outside, Restored
from leaddesk.server.archive.walking import Check, Report
from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.evidence.signing import KeyUnusable, Signer, signer_from_file
from leaddesk.server.evidence.sink import FileSink
from leaddesk.server.operations.settings import POSTGRESQL, Misconfigured, ServerSettings, read_settings
from leaddesk.server.oversight.storage import Rows

EXIT_BAD, EXIT_USAGE = 1, 2
PUBLIC_BYTES = 32
BESIDE_SECONDS = 10
"""A head is put outside, then into the database: so long before the moment of a restore it may be missing."""
_READERS = "SELECT tenant_id FROM access_head ORDER BY tenant_id"
_SENTENCES: dict[type[Exception], str] = {
    WrongSchema: "a database's schema is not this version's; run `leaddesk server migrate`",
    StorageUnavailable: "a database cannot be reached as leaddesk_auditor, or does not answer in time",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is checked against what. ``restored_to``: the moment the data was brought back to; ``on_record``:
    and the sink shall say so from now on.
    """

    config: Path
    sinks: Sequence[Path] = ()
    public_key: Path | None = None
    restored_to: str | None = None
    on_record: bool = False


class CannotCheck(Exception):
    """Something that is needed is not there; the text is the sentence."""


class Reads(Protocol):
    """What the access log lies in, as the auditor has it."""

    def reading(self) -> AbstractContextManager[Rows]:
        """Open a transaction that only reads."""

    def close(self) -> None:
        """Let go of it."""


class Books:
    """Both databases, each read a tenant at a time."""

    def __init__(self, log: Storage, accesses: Reads) -> None:
        self.log_id = log.log_id
        self._log = log
        self._accesses = accesses

    def data(self, tenant: TenantId) -> AbstractContextManager[Rows]:
        """Open the data of one tenant."""
        return self._log.transaction(tenant, writes=False)

    def accesses(self, _tenant: TenantId) -> AbstractContextManager[Rows]:
        """Open the access log."""
        return self._accesses.reading()

    def tenants(self) -> tuple[list[str], list[str]]:
        """List who has a log, and who has an access log."""
        with self._accesses.reading() as rows:
            readers = [row[0] for row in rows.select(_READERS)]
        return [str(tenant) for tenant in self._log.tenants()], readers


def verify_databases(asked: Asked) -> int:
    """Check and say what was found, a line each: 0 if nothing is wrong, 1 if something is, 2 if it cannot be
    told.
    """
    try:
        report, summary = verified(asked, read_settings(asked.config, os.environ))
    except (Misconfigured, CannotCheck, KeyUnusable) as wrong:
        return _refused(str(wrong))
    except OSError as wrong:
        return _refused(f"{wrong.filename}: {wrong.strerror}")
    except (WrongSchema, StorageUnavailable) as wrong:
        return _refused(_SENTENCES[type(wrong)])
    for line in (*report.findings, *report.notes, summary):
        sys.stdout.write(line + "\n")
    return EXIT_BAD if report.findings else 0


def verified(asked: Asked, settings: ServerSettings) -> tuple[Report, str]:
    """Check the databases that settings name; returns what was found, and the sentence of all of it.

    Raises :class:`CannotCheck`, ``KeyUnusable``, ``OSError``, ``WrongSchema``, ``StorageUnavailable``.
    """
    with _opened(settings) as books:
        outside = _outside(asked, settings, books.log_id)
        report = Check(books.log_id, books.data, books.accesses, outside).run(*books.tenants())
    if asked.on_record and not report.findings:
        _put_on_record(settings, outside)
    return report, _summary(report, outside)


@contextmanager
def _opened(settings: ServerSettings) -> Iterator[Books]:
    """Open both as the auditor. Raises :class:`CannotCheck`, ``WrongSchema``, ``StorageUnavailable``."""
    if settings["storage.backend"] != POSTGRESQL:
        raise CannotCheck("storage.backend: expected postgresql; of a server in memory check an export")
    from leaddesk.server.database.conninfo import for_role
    from leaddesk.server.eventlog.postgres.storage import PostgresStorage
    from leaddesk.server.eventlog.postgres.walls import AUDITOR

    with ExitStack() as opened:
        log = PostgresStorage(for_role(settings["storage.database"], AUDITOR), 1)
        opened.callback(log.close)
        accesses = _accesses(settings)
        opened.callback(accesses.close)
        yield Books(log, accesses)


def _accesses(settings: ServerSettings) -> Reads:
    place, file = settings["access_log.postgresql"], settings["access_log.database"]
    if place is not None:
        from leaddesk.server.oversight.postgres.auditing import AuditedAccess

        return AuditedAccess(place)
    from leaddesk.server.oversight.sqlite import SqliteAccess

    if file is not None and not file.is_file():
        raise CannotCheck("access_log.database: is not there")
    return SqliteAccess(file)


def _outside(asked: Asked, settings: ServerSettings, log_id: str) -> Outside | None:
    """Read the sinks and the key. Raises ``OSError``, ``KeyUnusable``, :class:`CannotCheck`."""
    sinks = list(asked.sinks) or [one for one in (settings["access_log.sink"],) if one is not None]
    told = () if asked.restored_to is None else (_restored(asked.restored_to, log_id),)
    if not sinks:
        if told:
            raise CannotCheck("--restored-to: expected a sink: without one nothing says what was signed")
        return None
    try:
        lines = [line for sink in sinks for line in FileSink(sink).lines()]
    except ValueError:
        raise CannotCheck("the sink holds a line that is none") from None
    return Outside(_public(asked, settings), lines, told)


def _public(asked: Asked, settings: ServerSettings) -> bytes:
    if asked.public_key is not None:
        return public_from(asked.public_key)
    return _signer(settings).public


def public_from(file: Path) -> bytes:
    """Read a public key. Raises ``OSError``, :class:`CannotCheck`."""
    try:
        public = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        public = b""
    if len(public) != PUBLIC_BYTES:
        raise CannotCheck(f"the public key must be {PUBLIC_BYTES} bytes in base64")
    return public


def _signer(settings: ServerSettings) -> Signer:
    """Read the signing key. Raises ``KeyUnusable``, :class:`CannotCheck`."""
    if settings["access_log.signing_key_file"] is None:
        raise CannotCheck("--public-key is missing: expected, or access_log.signing_key_file")
    return signer_from_file(settings["access_log.signing_key_file"])


def _restored(text: str, log_id: str) -> Restored:
    try:
        to = datetime.fromisoformat(text)
    except ValueError:
        to = datetime.min
    if to.tzinfo is None:
        raise CannotCheck("--restored-to: expected a time with its zone, such as 2026-11-22T12:00:00+00:00")
    begins = to.astimezone(UTC) - timedelta(seconds=BESIDE_SECONDS)
    return Restored(log_id, format_time(begins), format_time(datetime.now(UTC)))


def _put_on_record(settings: ServerSettings, outside: Outside | None) -> None:
    """Say in the sink what was said here. Raises ``OSError``, ``KeyUnusable``, :class:`CannotCheck`."""
    if outside is None or not outside.told or settings["access_log.sink"] is None:
        raise CannotCheck("--on-record: expected --restored-to, and access_log.sink in the configuration")
    signer, (one,) = _signer(settings), outside.told
    signed = replace(one, signature=signer.sign(one.message()))
    FileSink(settings["access_log.sink"]).append({**signed.line(), "key": signer.key_id})


def _summary(report: Report, outside: Outside | None) -> str:
    seen = f"{report.events} events, {report.entries} accesses, {report.signatures} signatures"
    what = f"{report.tenants} tenants, {seen}; {report.unsigned} not signed yet"
    if report.findings:
        return f"NOT as it was written: {len(report.findings)} findings above ({what})"
    if outside is None:
        return f"consistent in itself, held against nothing outside: {what}"
    return f"as it was written and signed: {what}"


def _refused(sentence: str) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return EXIT_USAGE
