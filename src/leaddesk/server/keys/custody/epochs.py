"""The epoch keys: one a day wraps the tenants' keys; the last one's destruction kills every older backup.

They lie in no backup and in no database: in two cells or more of their own – files, or memory –, wrapped by
the master key, written one after the other. A torn or empty cell is healed from another; a missing one is a
place that is not mounted, and nothing is written until it is there again (ADR 60). Several processes share
the cells: who writes them keeps the others from it (``KeyStore.turning``) and reads them again first.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from leaddesk.server.keys.custody.master import MasterKey
from leaddesk.server.keys.sealing import Cipher, Unreadable, new_key

AGE = timedelta(hours=23)
"""When the next turn is due: with the time it takes no backup of the key store outlives 24 hours."""


class _Content(msgspec.Struct, frozen=True):
    """The living keys by number, and when the newest was drawn."""

    keys: dict[int, bytes]
    since: datetime

    def __repr__(self) -> str:
        return "<epochs>"


_CONTENT = msgspec.msgpack.Decoder(_Content)
_encode = msgspec.msgpack.Encoder().encode


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class PlaceMissing(OSError):
    """A place has no file for the epoch key while another one has: not mounted, or new."""

    def __init__(self) -> None:
        super().__init__(
            "one of the folders holds no file `epoch`, another does; is it mounted? In a new one make"
            " an empty file, the server's own, mode 600"
        )


class EpochsLost(OSError):
    """No place has the epoch key that the key store was filled under."""

    def __init__(self) -> None:
        super().__init__(
            "none of the folders holds the epoch key of this key store; are they mounted? Without it nothing"
            " that is kept can be read"
        )


class Cell(Protocol):
    """A place for a few bytes that overwrites what it held."""

    @property
    def is_there(self) -> bool:
        """Tell whether it can be written without being made first."""

    def read(self) -> bytes:
        """Return what it holds; nothing at first."""

    def write(self, content: bytes) -> None:
        """Hold this from now on; the former content is gone for good."""


class MemoryCell:
    """A cell that ends with the process."""

    def __init__(self) -> None:
        self._content = b""
        self.is_there = True

    def read(self) -> bytes:
        """Return what it holds."""
        return self._content

    def write(self, content: bytes) -> None:
        """Replace it."""
        self._content = content


class FileCell:
    """A file overwritten in place: a new file beside it would leave the old key in freed blocks.

    A file system that copies on write, or a disk that does, may keep them all the same (docs/encryption.md).
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_there(self) -> bool:
        """Tell whether there is a file."""
        return self._path.exists()

    def begin(self) -> None:
        """Make an empty file where there is none."""
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def read(self) -> bytes:
        """Return what the file holds; nothing if there is none."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""

    def write(self, content: bytes) -> None:
        """Overwrite from the first byte on and wait for the disk. Raises ``OSError`` without a file."""
        handle = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            longest = max(os.fstat(handle).st_size, len(content))
            os.pwrite(handle, content.ljust(longest, b"\0"), 0)
            os.fsync(handle)
            os.ftruncate(handle, len(content))
            os.fsync(handle)
        finally:
            os.close(handle)


def check_places(cells: Sequence[FileCell], *, is_first: bool) -> None:
    """See that every place is there; ``is_first``: the key store is empty, so that they may be made.

    Raises :class:`PlaceMissing`, :class:`EpochsLost`.
    """
    there = [cell for cell in cells if cell.is_there]
    if not any(cell.read() for cell in there):
        if not is_first:
            raise EpochsLost
        for cell in cells:
            cell.begin()
    elif len(there) < len(cells):
        raise PlaceMissing


class Epochs:
    """The living epoch keys by number: one, or two while a night's work is under way."""

    def __init__(
        self, master: MasterKey, cells: Sequence[Cell], clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Read and heal the cells; a first start draws the first key. Nobody else may write them meanwhile.

        Raises ``Unreadable``.
        """
        self._master = master
        self._cells = cells
        self._clock = clock
        self._held = self._read() or _Content({1: new_key()}, clock())
        self._write()

    @property
    def newest(self) -> int:
        """The number under which new keys are wrapped."""
        return max(self._held.keys)

    @property
    def is_turning(self) -> bool:
        """Whether a night's work has begun and not ended."""
        return len(self._held.keys) > 1

    @property
    def is_due(self) -> bool:
        """Whether a turn shall begin, or go on; another process may have done it already."""
        if self._seems_due():
            self.read_again()
        return self._seems_due()

    def cipher(self, number: int) -> Cipher | None:
        """Return the cipher of an epoch; nothing once it is destroyed."""
        if number > self.newest:  # another process has turned
            self.read_again()
        key = self._held.keys.get(number)
        return Cipher(key) if key else None

    def read_again(self) -> None:
        """Take over what another process has written. Raises ``Unreadable``."""
        self._held = self._read() or self._held

    def begin(self) -> int:
        """Draw the next key and return its number. Raises :class:`PlaceMissing`, and nothing is written."""
        self._check()
        number = self.newest + 1
        self._held = _Content({**self._held.keys, number: new_key()}, self._clock())
        self._write()
        return number

    def destroy_older(self) -> None:
        """Destroy all but the newest. Raises :class:`PlaceMissing`, before anything is written."""
        self._check()
        self._held = _Content({self.newest: self._held.keys[self.newest]}, self._held.since)
        self._write()

    def places_failing(self) -> int:
        """Count the places that do not hold what the others do: missing, damaged, or left behind."""
        return sum(not self._holds(cell) for cell in self._cells)

    def _holds(self, cell: Cell) -> bool:
        try:
            return max(_CONTENT.decode(self._master.unwrap(cell.read())).keys) >= self.newest
        except (OSError, Unreadable):
            return False

    def _check(self) -> None:
        if not all(cell.is_there for cell in self._cells):
            raise PlaceMissing

    def _seems_due(self) -> bool:
        return self.is_turning or self._clock() - self._held.since >= AGE

    def _read(self) -> _Content | None:
        """Read every cell; the one that is furthest counts. Raises ``Unreadable`` if all are damaged."""
        found, contents = list[_Content](), [content for cell in self._cells if (content := cell.read())]
        for content in contents:
            try:
                found.append(_CONTENT.decode(self._master.unwrap(content)))
            except Unreadable:
                continue
        if contents and not found:
            raise Unreadable
        return max(found, key=lambda held: (max(held.keys), -len(held.keys)), default=None)

    def _write(self) -> None:
        for cell in self._cells:
            cell.write(self._master.wrap(_encode(self._held)))
