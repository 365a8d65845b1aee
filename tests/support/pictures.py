"""Pictures out of the GUI suite, which itself writes nothing: they leave by a pipe to the runner.

A frame is: four bytes, the length of the header, big-endian; the header, JSON with `name` and `size`;
then `size` bytes of PNG. Without a runner (plain pytest) a picture is encoded and dropped.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPixmap

PIPE = "LEADDESK_TEST_PIPE"


def send(name: str, picture: QImage | QPixmap) -> int:
    """Hand a picture to the runner, to be kept as build/pictures/NAME.png; returns the size of the PNG."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise ValueError(f"{name}: an empty picture")
    send_bytes(name, bytes(content.data()))
    return content.size()


def send_bytes(name: str, png: bytes) -> None:
    """Hand an encoded picture to the runner."""
    if PIPE not in os.environ:
        return
    header = json.dumps({"name": name, "size": len(png)}).encode()
    rest = memoryview(len(header).to_bytes(4, "big") + header + png)
    while rest:
        rest = rest[os.write(int(os.environ[PIPE]), rest) :]


def frames(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """The pictures of a stream until its end; a frame cut short ends it too."""
    while len(size := stream.read(4)) == 4:
        header = json.loads(stream.read(int.from_bytes(size, "big")))
        png = stream.read(header["size"])
        if len(png) < header["size"]:
            return
        yield header["name"], png


class Inbox:
    """The runner's end: a pipe whose frames become files of one folder. `names` are those that arrived."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: list[str] = []
        readable, self.writable = os.pipe()
        self._stream = os.fdopen(readable, "rb")
        self._thread = threading.Thread(target=self._read, name="pictures")
        self._thread.start()

    def close(self) -> None:
        """Call once the sender has been started and ended: closes this side and waits for the last frame."""
        os.close(self.writable)
        self._thread.join()

    def _read(self) -> None:
        with self._stream as stream:
            for name, png in frames(stream):
                target = (self._folder / f"{name}.png").resolve()
                if not target.is_relative_to(self._folder.resolve()):
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(png)
                self.names.append(name)
