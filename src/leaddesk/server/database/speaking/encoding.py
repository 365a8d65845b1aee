"""Values as they travel to PostgreSQL.

Whole numbers, bytes and lists go in binary and say their type; texts go as text and leave it to the
statement, so that they fit columns of whatever type. One value, one form: a statement is prepared once,
however large the numbers are (psycopg names three types of them).
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

Encoded = tuple[list[Any], tuple[int, ...], list[int]]
"""Values as bytes or nothing, their types (0: what the statement makes of it), their formats (1: binary)."""

_UNSAID, _BYTEA, _INT8, _TEXT = 0, 17, 20, 25
_ARRAYS = {str: (1009, _TEXT), int: (1016, _INT8), bytes: (1001, _BYTEA)}
_HEADER = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i")
_NOBODY = _LENGTH.pack(-1)

_pack = struct.Struct("!q").pack


def encoded(values: Sequence[Any]) -> Encoded:
    """Write values. Raises ``psycopg.DataError`` for what has no form: a zero in a text, larger numbers."""
    written: list[Any] = []
    types: list[int] = []
    formats: list[int] = []
    for value in values:
        if value is None:
            one, kind, form = None, _UNSAID, 0
        elif isinstance(value, str):
            one, kind, form = _text(value), _UNSAID, 0
        elif isinstance(value, list):
            one, kind, form = _list(value)
        else:
            one, kind, form = *_plain(value), 1
        written.append(one)
        types.append(kind)
        formats.append(form)
    return written, tuple(types), formats


def _text(value: str) -> bytes:
    if "\0" in value:  # libpq would end the text there
        raise psycopg.DataError("a zero in a text")
    return value.encode()


def _whole(value: int) -> bytes:
    try:
        return _pack(value)
    except struct.error:
        raise psycopg.DataError("a number out of range") from None


def _plain(value: Any) -> tuple[bytes, int]:
    if isinstance(value, bytes):
        return value, _BYTEA
    if isinstance(value, int) and not isinstance(value, bool):
        return _whole(value), _INT8
    raise psycopg.DataError("a value of no known kind")


_ELEMENTS: dict[type, Callable[[Any], bytes]] = {str: _text, int: _whole, bytes: bytes}


def _list(values: list[Any]) -> tuple[bytes, int, int]:
    """Write a list of one kind, with gaps; one without any value leaves its kind to the statement."""
    kind = next((one for one in _ELEMENTS for value in values if isinstance(value, one)), None)
    if kind is None:
        return b"{%b}" % b",".join([b"NULL"] * len(values)), _UNSAID, 0
    write, parts = _ELEMENTS[kind], [_HEADER.pack(1, 1, _ARRAYS[kind][1], len(values), 1)]
    for value in values:
        if value is None:
            parts.append(_NOBODY)
        elif isinstance(value, kind):
            one = write(value)
            parts += (_LENGTH.pack(len(one)), one)
        else:
            raise psycopg.DataError("a list of several kinds")
    return b"".join(parts), _ARRAYS[kind][0], 1
