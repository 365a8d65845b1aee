"""The scanner's round: whatever waits for a verdict gets one, or waits on (measure B11).

Without a verdict a file is not handed out. What waits is found in the tables, so a restart loses nothing.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Iterator

from leaddesk.contract.ids import AttachmentId, Urn
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.domain.events import AttachmentScanned
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import TenantLog
from leaddesk.server.inspection.clamd import Scanner, ScannerUnreachable
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.leases.turn import Turn
from leaddesk.server.projections import attachments as files
from leaddesk.server.projections.leads import append_to_lead, load_lead

LOOK_SECONDS = 60.0
"""How often is looked for files that another process took in, or began to ask for and did not end."""
LEASE_SECONDS = 300.0
"""How long one process asks for one file before another may; longer than a scanner may take to answer."""
AGAIN_SECONDS = 10.0
"""How long after a round without a scanner the next one begins."""
GIVE_UP = 3
"""Missing verdicts after which a round ends: one may be the file's fault, three are the scanner's."""
SCANNER_URN = Urn("urn:lt:system:scanner:attachments")

_log = logging.getLogger(__name__)


class Scanning:
    """Runs beside the requests; ``scanner`` absent: this server scans nothing, and says so of each file."""

    def __init__(self, scanner: Scanner | None = None) -> None:
        self._scanner = scanner
        self._wanted = asyncio.Event()
        self._later: set[str] = set()

    @property
    def is_configured(self) -> bool:
        """Tell whether files wait for a verdict."""
        return self._scanner is not None

    def wake(self) -> None:
        """Say that a file has come."""
        self._wanted.set()

    async def run(self, office: Office) -> None:
        """Scan until cancelled."""
        while self._scanner is not None:
            self._wanted.clear()
            try:
                await _round(office, self._scanner, self._later)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), LOOK_SECONDS)
            except ScannerUnreachable:
                _log.info("the virus scanner gives no verdict; attachments wait")
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception as failure:  # its text may hold values (guarantee A8)
                _log.error("scanning failed: %s", type(failure).__name__)
                await asyncio.sleep(AGAIN_SECONDS)


async def _round(office: Office, scanner: Scanner, later: set[str]) -> None:
    """Ask for every verdict that is missing. Raises :class:`ScannerUnreachable` if one is still missing.

    ``later``: files that had no verdict before. They come last, so that some the scanner never answers for
    (too large for its settings, say) hold nobody else up.
    """
    missing, waiting = 0, await office.log.threads.do(BESIDE, lambda: _waiting(office))
    later &= {attachment_id for _, (_, attachment_id) in waiting}
    for log, ids in sorted(waiting, key=lambda one: one[1][1] in later):
        try:
            await _scan_alone(office, log, scanner, ids)
        except (Refused, KeyGone):
            continue  # erased since it was listed
        except ScannerUnreachable:
            later.add(ids[1])
            missing += 1
            if missing >= GIVE_UP:
                raise
    if missing:
        raise ScannerUnreachable


def _waiting(office: Office) -> list[tuple[TenantLog, tuple[str, str]]]:
    """List what waits at any tenant: its log, lead and attachment."""
    found = []
    for scope in office.log.scopes():
        log = office.log.for_tenant(scope)
        with log.reading() as unit:
            found += [(log, ids) for ids in files.waiting_files(unit)]
    return found


async def _scan_alone(office: Office, log: TenantLog, scanner: Scanner, ids: tuple[str, str]) -> None:
    """Ask for one file, unless another process is about it; the lease does not tell which file it is."""
    threads = office.log.threads
    name = f"scan {hashlib.sha256(ids[1].encode()).hexdigest()[:24]}"
    turn = Turn(office.log.leases, name, LEASE_SECONDS)
    if not await threads.do(BESIDE, turn.take):
        return
    try:
        await _scan(office, log, scanner, ids)
    finally:
        with contextlib.suppress(Exception):  # it ends by itself
            await threads.do(BESIDE, turn.leave)


async def _scan(office: Office, log: TenantLog, scanner: Scanner, ids: tuple[str, str]) -> None:
    threads = office.log.threads

    def look() -> files.StoredFile:
        with log.reading() as unit:
            return files.find_file(unit, *ids)

    file = await threads.do(log.tenant, look)
    if file.status != files.SCANNING:
        return  # another process has the verdict since this was listed
    clean = await scanner.is_clean(threads.each(log.tenant, _pieces(log, file)))

    def note() -> None:
        persistently(lambda: _note(office, log, file, clean))

    await threads.do(log.tenant, note, writes=True)


def _note(office: Office, log: TenantLog, file: files.StoredFile, clean: bool) -> None:
    with log.writing() as unit:
        state = load_lead(unit, file.lead_id)
        if files.find_file(unit, file.lead_id, file.attachment_id).status != files.SCANNING:
            return  # another process was quicker, its lease over
        event = AttachmentScanned(AttachmentId(file.attachment_id), clean)
        append_to_lead(unit, state, [event], office.now(), SCANNER_URN)
        files.set_status(unit, file.attachment_id, files.CLEAN if clean else files.QUARANTINED)


def _pieces(log: TenantLog, file: files.StoredFile) -> Iterator[bytes]:
    for number in range(file.blocks):
        with log.reading() as unit:
            plain = files.open_block(unit, file, number)
        yield plain
