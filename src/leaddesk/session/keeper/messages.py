"""What client and keeper say to each other: JSON with its length in front, over a pipe nobody else has."""

from __future__ import annotations

import json
import os

Message = dict[str, object]

_HEAD = 4
_CAP = 1 << 16
"""Bytes of one message; a profile has 1,200 characters, a list of profiles less than a hundred ids."""


class Garbled(Exception):
    """What came is no message."""


def send(pipe: int, message: Message) -> None:
    """Write one message. Raises :class:`OSError` when nobody reads any more."""
    body = json.dumps(message).encode()
    rest = memoryview(len(body).to_bytes(_HEAD, "big") + body)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def receive(pipe: int) -> Message | None:
    """Wait for one message; ``None``: the other side is gone. Raises :class:`Garbled`."""
    head = _read(pipe, _HEAD)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    if size > _CAP:
        raise Garbled
    body = _read(pipe, size)
    if body is None:
        return None
    try:
        message = json.loads(body)
    except ValueError:
        raise Garbled from None
    if not isinstance(message, dict):
        raise Garbled
    return message


def _read(pipe: int, size: int) -> bytes | None:
    read = b""
    while len(read) < size:
        piece = os.read(pipe, size - len(read))
        if not piece:
            return None
        read += piece
    return read
