"""The files of a lead: listed, read into memory, put there in two steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from secrets import token_hex

from leaddesk.api.call import MEGABYTE, Call, Limits, path
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import TooLarge
from leaddesk.api.reading import read, read_all
from leaddesk.contract.attachments import Attachment, AttachmentRequest, UploadTarget
from leaddesk.contract.ids import AttachmentId, LeadId

LARGEST_FILE = 25 * MEGABYTE
"""Bytes; as much as our server takes."""
SILENCE_SECONDS = 30.0
"""The longest wait for the next piece of a file."""
UPLOAD_SECONDS = 600.0
"""As long as the permission to upload is good."""
_PIECE = 64 * 1024

Told = Callable[[int], object]
"""Hears how many bytes went over the line so far."""


async def list_attachments(client: ApiClient, lead: LeadId) -> tuple[Attachment, ...]:
    """Return the files of a lead, newest first."""
    return read_all(Attachment, (await client.ask(Call("GET", path("/leads/{}/attachments", lead)))).body)


async def read_attachment(client: ApiClient, lead: LeadId, attachment: AttachmentId, told: Told) -> bytearray:
    """Read a file into memory, to nowhere else. Raises :class:`TooLarge` beyond the largest file."""
    call = Call("GET", path("/leads/{}/attachments/{}", lead, attachment), accept="*/*")
    content = bytearray()
    async with client.flow(call) as flow:
        declared = flow.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:19]) > LARGEST_FILE:
            raise TooLarge
        async with aclosing(flow.slices(LARGEST_FILE, SILENCE_SECONDS)) as pieces:
            async for piece in pieces:
                content += piece
                told(len(content))
    return content


async def ask_upload(client: ApiClient, lead: LeadId, wanted: AttachmentRequest, key: str) -> UploadTarget:
    """Ask where a file may be posted; the answer is good once, for ten minutes."""
    call = Call("POST", path("/leads/{}/attachments", lead), body=wanted, key=key)
    return read(UploadTarget, (await client.ask(call)).body)


async def send_file(client: ApiClient, target: UploadTarget, content: bytes, told: Told) -> None:
    """Post all fields, then the file (RFC 7578). No credential goes along: the fields are the permission."""
    boundary = token_hex(16)
    head, tail = _head(boundary, target.fields), f"\r\n--{boundary}--\r\n".encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        for at in range(0, len(content), _PIECE):
            yield content[at : at + _PIECE]
            told(min(at + _PIECE, len(content)))
        yield tail

    headers = {
        "content-type": f"multipart/form-data; boundary={boundary}",
        "content-length": str(len(head) + len(content) + len(tail)),
    }
    await client.deliver(target.upload_url, pieces(), headers, Limits(UPLOAD_SECONDS, MEGABYTE))


def _head(boundary: str, fields: dict[str, str]) -> bytes:
    """Write the fields and the beginning of the file; a name of a field cannot end its own line."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
    return ("".join(parts) + file + "Content-Type: application/octet-stream\r\n\r\n").encode()


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
