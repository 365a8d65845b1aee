"""Writing the whole history into one file: events as ciphertext, access log, signed heads and segments.

Everything is signed first, so that what is in the file is covered by a copy in the sink. Nothing is opened:
no key is needed, and an erased lead stays erased in every export.
"""

from collections.abc import Iterator
from typing import BinaryIO

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive import form
from leaddesk.server.eventlog.log import EventLog, TenantLog, Unit
from leaddesk.server.oversight.reading import chained, segments
from leaddesk.server.oversight.storage import AccessStorage

_BATCH = 1_000
_EVENTS = (
    "SELECT position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload FROM event"
    " WHERE tenant_id = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?"
)
_HEADS = "SELECT position, link, signed_at, signature FROM signed_head WHERE tenant_id = ? ORDER BY position"


def export(log: EventLog, accesses: AccessStorage, file: BinaryIO) -> int:
    """Write an export, after ``seal`` and ``sign_heads``; returns how many lines it has.

    What happens meanwhile is left out: each log ends at its last signature.
    """
    count = 0
    for line in _lines(log, accesses):
        file.write(form.encode(line) + b"\n")
        count += 1
    file.write(form.encode(form.End(count)) + b"\n")
    return count + 1


def _lines(log: EventLog, accesses: AccessStorage) -> Iterator[form.AnyLine]:
    scopes = log.scopes()
    yield form.Begin(form.FORM, log.log_id, len(scopes))
    for scope in scopes:
        yield from _tenant(log.for_tenant(scope), scope.tenant, accesses)


def _tenant(log: TenantLog, tenant: TenantId, accesses: AccessStorage) -> Iterator[form.AnyLine]:
    with log.reading() as unit:
        heads = [form.HeadLine(*row) for row in unit.select(_HEADS)]
    sealed = [
        form.SegmentLine(one.first, one.last, one.link, one.sealed_at, one.signature)
        for one in segments(accesses, tenant)
    ]
    last, last_entry = heads[-1].position if heads else 0, sealed[-1].last if sealed else 0
    yield form.TenantBegins(tenant, last, len(heads), last_entry, len(sealed))
    at = 0
    while at < last:
        with log.reading() as unit:
            batch = _events(unit, at, last)
        if not batch:
            break  # the end of the log is gone: what is there is written, and verifying tells
        yield from batch
        at = batch[-1].facts[0]
    yield from heads
    for entry, link in chained(accesses, tenant):
        if entry.position <= last_entry:
            shown = (entry.purpose, entry.result, entry.detail)
            named = (entry.position, entry.at, entry.person, entry.role, entry.action, entry.thing)
            yield form.EntryLine(*named, *shown, link)
    yield from sealed


def _events(unit: Unit, after: int, last: int) -> list[form.EventLine]:
    return [form.EventLine(row[:8], *row[8:]) for row in unit.select(_EVENTS, after, last, _BATCH)]
