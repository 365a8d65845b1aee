"""Files of a lead: what there is, one more, one to look at. Nothing of them is kept here or on a disk."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from pydantic import ValidationError

from leaddesk.api.attachments import (
    LARGEST_FILE,
    Told,
    ask_upload,
    list_attachments,
    read_attachment,
    send_file,
)
from leaddesk.api.client import ApiClient
from leaddesk.contract.attachments import Attachment, AttachmentRequest, UploadTarget
from leaddesk.contract.ids import AttachmentId, LeadId
from leaddesk.decoding.bounds import Fault, kind_of
from leaddesk.desk.attachments.preview import Faulty, Preview
from leaddesk.desk.mirror.rules import Rules
from leaddesk.desk.outcomes import Failure, Ok, Outcome, Reason, Refused, outcome_of


@dataclass(frozen=True, slots=True, repr=False)
class NewFile:
    """A file that is to be put at a lead; ``name`` without any folder."""

    name: str
    content_type: str
    content: bytes


class Attachments:
    """The clerk for files. An upload is no matter for the outbox: it waits for nobody and is not kept.

    ``rules``: whether files may be looked at at all, by the tenant's policy.
    """

    def __init__(self, client: ApiClient, rules: Rules) -> None:
        self._client = client
        self.rules = rules

    async def list(self, lead_id: LeadId) -> Outcome[tuple[Attachment, ...]]:
        """Read what files there are, newest first."""
        return await outcome_of(list_attachments(self._client, lead_id))

    async def add(self, lead_id: LeadId, file: NewFile, told: Told) -> Outcome[None]:
        """Put a file at a lead. Where the answer is lost, the list tells whether it is there."""
        if len(file.content) > LARGEST_FILE:
            return Refused(Reason.TOO_LARGE, "file")
        try:
            wanted = AttachmentRequest(filename=file.name, content_type=file.content_type)
        except ValidationError:
            return Refused(Reason.INVALID, "filename")
        permitted = await outcome_of(ask_upload(self._client, lead_id, wanted, str(uuid4())))
        if not isinstance(permitted, Ok):
            return permitted
        sent = await outcome_of(send_file(self._client, permitted.value, file.content, told))
        if isinstance(sent, Ok | Refused):
            return sent
        return await self._looked_up(lead_id, permitted.value, sent)

    async def _looked_up(self, lead_id: LeadId, target: UploadTarget, lost: Failure) -> Outcome[None]:
        """The permission is good once and names the file's id: what is listed came from it."""
        listed = await self.list(lead_id)
        there = isinstance(listed, Ok) and any(
            one.attachment_id == target.fields.get("key") for one in listed.value
        )
        return Ok(None) if there else lost

    async def look_at(self, lead_id: LeadId, attachment: Attachment, told: Told) -> Outcome[Preview] | Faulty:
        """Read a file into memory and have it decoded. Whoever gets the preview has to close it."""
        kind = kind_of(attachment.content_type)
        if kind is None:
            return Faulty(Fault.UNSUPPORTED)
        if attachment.size > LARGEST_FILE:
            return Faulty(Fault.TOO_LARGE)
        if not self.rules.policy.value.previews:
            return Refused(Reason.FORBIDDEN)
        read = await outcome_of(self._read(lead_id, attachment.attachment_id, told))
        if not isinstance(read, Ok):
            return read
        preview = Preview(kind)
        fault = await preview.open(read.value)
        if fault is not None:
            return fault
        return Ok(preview)

    async def _read(self, lead_id: LeadId, attachment_id: AttachmentId, told: Told) -> bytearray:
        return await read_attachment(self._client, lead_id, attachment_id, told)
