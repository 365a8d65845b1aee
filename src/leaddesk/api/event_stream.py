"""Server-sent events, parsed from any slicing of the bytes (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leaddesk.api.errors import Malformed

_EVENT_CAP = 64 * 1024
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, repr=False)
class RawEvent:
    """One dispatched event; ``last_id`` is the id in force when it was dispatched."""

    kind: str
    data: str
    last_id: str


class EventParser:
    """Feeds on bytes, gives events. Lines end with LF, CR or CRLF, wherever the slices are cut.

    Raises :class:`Malformed` when an event grows beyond 64 KiB or is not UTF-8.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._at_start = True
        self._kind = ""
        self._data: list[str] = []
        self._size = 0
        self._last_id = ""

    def feed(self, piece: bytes) -> Iterator[RawEvent]:
        """Yield the events completed by this slice."""
        self._buffer += piece
        if self._at_start and not self._skip_mark():
            return
        for line in self._take_lines():
            event = self._read_line(line)
            if event is not None:
                yield event

    def _skip_mark(self) -> bool:
        if len(self._buffer) < len(_BOM) and _BOM.startswith(self._buffer):
            return False
        self._buffer = self._buffer.removeprefix(_BOM)
        self._at_start = False
        return True

    def _take_lines(self) -> Iterator[bytes]:
        buffer, held = self._buffer, b""
        if buffer.endswith(b"\r"):
            buffer, held = buffer[:-1], b"\r"
        *lines, rest = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._buffer = rest + held
        if self._size + len(self._buffer) > _EVENT_CAP:
            raise Malformed
        yield from lines

    def _read_line(self, line: bytes) -> RawEvent | None:
        if not line:
            return self._dispatch()
        self._size += len(line)
        if self._size > _EVENT_CAP:
            raise Malformed
        if line.startswith(b":"):
            self._size -= len(line)
            return None
        try:
            name, _, value = line.decode("utf-8").partition(":")
        except UnicodeDecodeError:
            raise Malformed from None
        self._set(name, value.removeprefix(" "))
        return None

    def _set(self, name: str, value: str) -> None:
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._last_id = value

    def _dispatch(self) -> RawEvent | None:
        kind, data = self._kind, self._data
        self._kind, self._data, self._size = "", [], 0
        return RawEvent(kind or "message", "\n".join(data), self._last_id) if data else None
