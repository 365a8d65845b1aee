"""multipart/form-data (RFC 7578) as a stream: one part after the other, nothing on a disk, all of it bounded.

Starlette's own reader keeps large parts in temporary files, in the clear; that is why there is this one.
What it does not understand is a 400 problem, never a guess.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from leaddesk.server.web.edge.problems import ProblemError, invalid

MOST_PARTS = 20
LONGEST_HEAD = 4 * 1024
LONGEST_FIELD = 16 * 1024

_BOUNDARY = re.compile(
    r'multipart/form-data\s*;\s*boundary=(?:"([^"\r\n]{1,70})"|([!-~]{1,70}))\s*', re.IGNORECASE
)
_PLAIN_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_NAME = re.compile(r'form-data\s*;.*?\bname="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)


def boundary_of(content_type: str) -> bytes:
    """Return the boundary a body is cut by. Raises a 400 problem for any other type of body."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    boundary = (found.group(1) or found.group(2)) if found else ""
    if _PLAIN_BOUNDARY.fullmatch(boundary) is None:
        raise invalid("content-type", "multipart/form-data with a boundary")
    return boundary.encode("ascii")


@dataclass(frozen=True, slots=True)
class Part:
    """The head of a part; its bytes are read from the reader before the next part."""

    name: str


class MultipartReader:
    """Reads parts in order. Holds at most what the transport gives at once, and a head."""

    def __init__(self, pieces: AsyncIterator[bytes], boundary: bytes) -> None:
        self._pieces = pieces
        self._cut = b"\r\n--" + boundary
        self._held = bytearray(b"\r\n")  # so that the first cut looks like every other
        self._parts = 0
        self._inside = False

    async def next_part(self) -> Part | None:
        """Return the next part, nothing after the last. Raises a 400 problem for a body cut otherwise."""
        if self._inside:
            raise ValueError("the part before has not been read")
        if self._parts == 0:
            await self._begin()
        if await self._take(2) == b"--":
            return None
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise invalid("body", f"at most {MOST_PARTS} parts")
        self._inside = True
        return Part(_name_of(await self._head()))

    async def piece(self) -> bytes:
        """Return the next bytes of the current part, none at its end."""
        while self._inside:
            found = self._held.find(self._cut)
            ready = found if found >= 0 else len(self._held) - len(self._cut) + 1
            if ready > 0:
                piece = bytes(self._held[:ready])
                del self._held[:ready]
                return piece
            if found == 0:
                del self._held[: len(self._cut)]
                self._inside = False
            else:
                await self._fill()
        return b""

    async def field(self) -> str:
        """Return the current part as text. Raises a 400 problem: too long, not UTF-8."""
        text = bytearray()
        while piece := await self.piece():
            text += piece
            if len(text) > LONGEST_FIELD:
                raise invalid("body", f"fields of at most {LONGEST_FIELD} bytes")
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise invalid("body", "fields in UTF-8") from None

    async def _begin(self) -> None:
        while len(self._held) < len(self._cut):
            await self._fill()
        if not self._held.startswith(self._cut):
            raise _malformed()
        del self._held[: len(self._cut)]

    async def _head(self) -> str:
        """The line break behind the boundary has been taken; a head may also be empty."""
        self._held[:0] = b"\r\n"
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > LONGEST_HEAD:
                raise invalid("body", f"part headers of at most {LONGEST_HEAD} bytes")
            await self._fill()
        head = bytes(self._held[:end])
        del self._held[: end + 4]
        if len(head) > LONGEST_HEAD:
            raise invalid("body", f"part headers of at most {LONGEST_HEAD} bytes")
        return head.decode("utf-8", "replace")

    async def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            await self._fill()
        taken = bytes(self._held[:count])
        del self._held[:count]
        if taken not in (b"--", b"\r\n"):
            raise _malformed()
        return taken

    async def _fill(self) -> None:
        async for piece in self._pieces:
            if piece:
                self._held += piece
                return
        raise _malformed()


def _name_of(head: str) -> str:
    """Return the name of a part; its file name and type do not count, the policy's do."""
    headers: dict[str, str] = {}
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or name.lower() in headers:
            raise _malformed()
        headers[name.lower()] = value.strip()
    found = _NAME.match(headers.get("content-disposition", ""))
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if found is None or encoding not in ("binary", "8bit", "7bit"):
        raise _malformed()
    return found.group(1)


def _malformed() -> ProblemError:
    return invalid("body", "multipart/form-data after RFC 7578, whole")
