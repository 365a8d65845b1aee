"""Files at a lead: two steps to put one there, a list, the bytes."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from leaddesk.contract.ids import AttachmentId, Urn
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

AttachmentStatus = Literal["SCANNING", "CLEAN", "UNSCANNED", "QUARANTINED"]
"""``SCANNING`` and ``QUARANTINED`` cannot be downloaded; ``UNSCANNED``: this server has no virus scanner."""


class AttachmentRequest(WireRequest):
    """``POST /leads/{id}/attachments``: what is about to come."""

    filename: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    content_type: Annotated[str, StringConstraints(min_length=3, max_length=255)]


class UploadTarget(WireModel):
    """Where to post the file: all ``fields``, in any order, then ``file``, as multipart/form-data."""

    upload_url: str
    fields: dict[str, str]


class Attachment(WireModel):
    """One file of a lead; ``size`` in bytes."""

    attachment_id: AttachmentId
    filename: str
    content_type: str
    size: int
    status: AttachmentStatus
    created_at: Timestamp
    added_by: Urn
    added_by_name: str
