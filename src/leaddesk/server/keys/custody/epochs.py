"""The epoch keys: one a day wraps the tenants' keys; the last one's destruction kills every older backup.

They lie in no backup and in no database: in two cells of their own – files, or memory –, wrapped by the
master key, written one after the other. A torn or lost cell is healed from the other. Several processes share
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


class Cell(Protocol):
    """A place for a few bytes that overwrites what it held."""

    def read(self) -> bytes:
        """Return what it holds; nothing at first."""

    def write(self, content: bytes) -> None:
        """Hold this from now on; the former content is gone for good."""


class MemoryCell:
    """A cell that ends with the process."""

    def __init__(self) -> None:
        self._content = b""

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

    def read(self) -> bytes:
        """Return what the file holds; nothing if there is none."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""

    def write(self, content: bytes) -> None:
        """Overwrite from the first byte on and wait until it is on the disk."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            longest = max(os.fstat(handle).st_size, len(content))
            os.pwrite(handle, content.ljust(longest, b"\0"), 0)
            os.fsync(handle)
            os.ftruncate(handle, len(content))
            os.fsync(handle)
        finally:
            os.close(handle)


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
        """Draw the next key and return its number."""
        number = self.newest + 1
        self._held = _Content({**self._held.keys, number: new_key()}, self._clock())
        self._write()
        return number

    def destroy_older(self) -> None:
        """Destroy all but the newest."""
        self._held = _Content({self.newest: self._held.keys[self.newest]}, self._held.since)
        self._write()

    def _seems_due(self) -> bool:
        return self.is_turning or self._clock() - self._held.since >= AGE

    def _read(self) -> _Content | None:
        """Read every cell; the one written first is ahead. Raises ``Unreadable`` if all are damaged."""
        contents = [content for content in (cell.read() for cell in self._cells) if content]
        for content in contents:
            try:
                return _CONTENT.decode(self._master.unwrap(content))
            except Unreadable:
                continue
        if contents:
            raise Unreadable
        return None

    def _write(self) -> None:
        for cell in self._cells:
            cell.write(self._master.wrap(_encode(self._held)))
