"""The files of a lead, seen by whoever sees the lead; bytes only of what the scanner lets out."""

from collections.abc import Iterator

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import attachments as files
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.library import Library, visible_lead

_HELD_BACK = (files.SCANNING, files.QUARANTINED)


def attachments(library: Library, caller: Caller, lead_id: str) -> list[Attachment]:
    """List the files, newest first. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        visible_lead(unit, caller, lead_id)
        names = Names(unit, library.directory)
        return [_shown(file, names) for file in files.files_of(unit, lead_id)]


def released(library: Library, caller: Caller, lead_id: str, attachment_id: str) -> files.StoredFile:
    """Return a file that may be handed out. Raises ``Refused``: not found, or held back by the scanner."""
    with library.reading(caller) as unit:
        visible_lead(unit, caller, lead_id)
        file = files.find_file(unit, lead_id, attachment_id)
    if file.status in _HELD_BACK:
        raise Refused(ProblemType.QUARANTINED)
    return file


def content(library: Library, caller: Caller, file: files.StoredFile) -> Iterator[bytes]:
    """Give the bytes block by block; each look-up sees whether the lead is still there and seen."""
    for number in range(file.blocks):
        with library.reading(caller) as unit:
            visible_lead(unit, caller, file.lead_id)
            plain = files.open_block(unit, file, number)
        yield plain


def _shown(file: files.StoredFile, names: Names) -> Attachment:
    return Attachment.model_validate(
        {
            "attachment_id": file.attachment_id,
            "filename": file.filename,
            "content_type": file.content_type,
            "size": file.size,
            "status": file.status,
            "created_at": file.added_at,
            "added_by": file.added_by,
            "added_by_name": names.of(file.added_by),
        }
    )
