"""A file of this computer, read into memory on its way to a lead; the person chose it a moment ago."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from leaddesk.api.attachments import LARGEST_FILE
from leaddesk.desk.attachments.attachments import NewFile
from leaddesk.desk.outcomes import Ok, Outcome, Reason, Refused

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TYPES = {
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    **dict.fromkeys(("tif", "tiff"), "image/tiff"),
    **{name: f"image/{name}" for name in ("png", "gif", "webp", "bmp", "heic", "heif")},
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "vcf": "text/vcard",
    "ics": "text/calendar",
    "eml": "message/rfc822",
    "json": "application/json",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
    "odt": f"{_ODF}text",
    "ods": f"{_ODF}spreadsheet",
    "odp": f"{_ODF}presentation",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
"""By the last part of a name; the server holds the bytes against it. The system's own table is not asked."""


def type_of(name: str) -> str:
    """Return the type a file is declared as."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


async def take(path: str) -> Outcome[NewFile]:
    """Read a file beside the loop. Refused: too large, no file, or not to be read."""
    return await asyncio.get_running_loop().run_in_executor(None, _taken, Path(path))


def _without_waiting(path: str, flags: int) -> int:
    """A pipe is opened when somebody writes into it, which may be never."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _taken(path: Path) -> Outcome[NewFile]:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Refused(Reason.OTHER, "file")
            content = file.read(LARGEST_FILE + 1)
    except OSError:
        return Refused(Reason.OTHER, "file")
    if len(content) > LARGEST_FILE:
        return Refused(Reason.TOO_LARGE, "file")
    return Ok(NewFile(path.name, type_of(path.name), content))
