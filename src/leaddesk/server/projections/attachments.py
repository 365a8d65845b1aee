"""The files of leads: one row a file, its bytes in sealed blocks.

Each block is bound to its file, its number and to whether it is the last: a block cannot stand for another,
nor a shortened file for the whole.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.places import attachment_place, block_place
from leaddesk.server.keys.port import attachments_key, lead_key

BLOCK = 256 * 1024
"""Bytes of content in a block; all but the last are full."""

SCANNING, CLEAN, UNSCANNED, QUARANTINED = "SCANNING", "CLEAN", "UNSCANNED", "QUARANTINED"

_COLUMNS = "id, lead_id, key_id, size, blocks, status, added_by, added_at, doc"
_SELECT = f"SELECT {_COLUMNS} FROM attachment WHERE tenant_id = ?"  # noqa: S608 - constant text
_INSERT = f"INSERT INTO attachment (tenant_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_INSERT_BLOCK = "INSERT INTO attachment_block (tenant_id, attachment_id, number, doc) VALUES (?, ?, ?, ?)"
_BLOCK = "SELECT doc FROM attachment_block WHERE tenant_id = ? AND attachment_id = ? AND number = ?"
_SET_STATUS = {
    status: f"UPDATE attachment SET status = '{status}' WHERE tenant_id = ? AND id = ?"  # noqa: S608 - own words
    for status in (CLEAN, QUARANTINED)
}


class _About(msgspec.Struct, frozen=True, rename="camel"):
    filename: str
    content_type: str


_ABOUT = msgspec.json.Decoder(_About)


@dataclass(frozen=True, slots=True, repr=False)
class StoredFile:
    """What is known of a file; ``status`` is one of the wire's."""

    attachment_id: str
    lead_id: str
    key_id: str
    size: int
    blocks: int
    status: str
    added_by: str
    added_at: str
    filename: str
    content_type: str


def key_of(state: LeadState) -> str:
    """Name the key of a lead's files: the lead's; at a partner one of their own, which ends with the grant.

    The partner's notes outlive a withdrawn lead, its files do not: they are about the prospect.
    """
    if state.received is None:
        return lead_key(state.lead_id)
    return attachments_key(state.received.brokerage_id)


def store_file(unit: Unit, file: StoredFile, blocks: list[bytes]) -> None:
    """Write a new file with its sealed blocks."""
    about = msgspec.json.encode(_About(file.filename, file.content_type))
    sealed = unit.keys.seal(unit.tenant, file.key_id, about, attachment_place(file.attachment_id))
    row = (file.attachment_id, file.lead_id, file.key_id, file.size, file.blocks, file.status)
    unit.run(_INSERT, *row, file.added_by, file.added_at, sealed)
    unit.run_many(_INSERT_BLOCK, ((file.attachment_id, number, doc) for number, doc in enumerate(blocks)))


def seal_block(unit: Unit, file: tuple[str, str], number: int, plain: bytes, last: bool) -> bytes:
    """Seal one block of a file that is not stored yet; ``file``: its id and the name of its key."""
    attachment_id, key_id = file
    return unit.keys.seal(unit.tenant, key_id, plain, block_place(attachment_id, number, last))


def open_block(unit: Unit, file: StoredFile, number: int) -> bytes:
    """Return the content of a block. Raises ``Refused`` (not found) once the file is gone."""
    found = unit.select(_BLOCK, file.attachment_id, number)
    if not found:
        raise not_found()
    place = block_place(file.attachment_id, number, number == file.blocks - 1)
    return unit.keys.open(unit.tenant, file.key_id, found[0][0], place)


def find_file(unit: Unit, lead_id: str, attachment_id: str) -> StoredFile:
    """Return a file of a lead. Raises ``Refused`` (not found)."""
    found = unit.select(f"{_SELECT} AND lead_id = ? AND id = ?", lead_id, attachment_id)
    if not found:
        raise not_found()
    return _file(unit, *found[0])


def files_of(unit: Unit, lead_id: str) -> list[StoredFile]:
    """Return the files of a lead, newest first."""
    found = unit.select(f"{_SELECT} AND lead_id = ? ORDER BY added_at DESC, id", lead_id)
    return [_file(unit, *row) for row in found]


def is_taken(unit: Unit, attachment_id: str) -> bool:
    """Tell whether a file has come under this id."""
    return bool(unit.select("SELECT 1 FROM attachment WHERE tenant_id = ? AND id = ?", attachment_id))


def count_files(unit: Unit, lead_id: str) -> int:
    """Count the files of a lead."""
    found = unit.select("SELECT COUNT(*) FROM attachment WHERE tenant_id = ? AND lead_id = ?", lead_id)
    return int(found[0][0])


def waiting_files(unit: Unit) -> list[tuple[str, str]]:
    """List lead and id of the files that have no verdict yet, oldest first."""
    found = unit.select(
        "SELECT lead_id, id FROM attachment WHERE tenant_id = ? AND status = 'SCANNING' ORDER BY added_at, id"
    )
    return [(row[0], row[1]) for row in found]


def set_status(unit: Unit, attachment_id: str, status: str) -> None:
    """Note what the scanner said."""
    unit.run(_SET_STATUS[status], attachment_id)


def keys_of_files(unit: Unit, lead_id: str) -> list[str]:
    """Name the keys of a lead's files."""
    found = unit.select("SELECT DISTINCT key_id FROM attachment WHERE tenant_id = ? AND lead_id = ?", lead_id)
    return [row[0] for row in found]


def remove_files(unit: Unit, lead_id: str) -> None:
    """Take all files of a lead away."""
    for row in unit.select("SELECT id FROM attachment WHERE tenant_id = ? AND lead_id = ?", lead_id):
        unit.run("DELETE FROM attachment_block WHERE tenant_id = ? AND attachment_id = ?", row[0])
    unit.run("DELETE FROM attachment WHERE tenant_id = ? AND lead_id = ?", lead_id)


def _file(unit: Unit, attachment_id: str, lead_id: str, key_id: str, *row: Any) -> StoredFile:
    size, blocks, status, added_by, added_at, doc = row
    about = _ABOUT.decode(unit.keys.open(unit.tenant, key_id, doc, attachment_place(attachment_id)))
    head = (attachment_id, lead_id, key_id, size, blocks, status, added_by, added_at)
    return StoredFile(*head, about.filename, about.content_type)
