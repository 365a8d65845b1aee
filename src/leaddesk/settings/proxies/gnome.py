"""GNOME: the network proxy of its settings, read from the file in which dconf keeps them.

``org.gnome.system.proxy`` lies under ``/system/proxy``. The file is read as it lies there, because asking the
desktop would start a program or open a file for writing (guarantee A1). Its form is GVDB: a hash table whose
items name their parent, with values as GVariant (dconf, gvdb-format.h).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

from leaddesk.settings.proxies.choice import SystemProxy

_CAP = 16 << 20
_ITEM = struct.Struct("<IIIHcxII")
_NOBODY = 0xFFFFFFFF
_DESKTOPS = frozenset({"gnome", "unity", "cinnamon", "x-cinnamon", "budgie", "pantheon", "mate"})
"""Desktops whose settings these are; elsewhere the file may be left over."""

_HOST_AND_PORT = ("/system/proxy/https/host", "/system/proxy/https/port")


def read(environment: Mapping[str, str]) -> SystemProxy:
    """Return the settings of the person's own database; a machine without one has none."""
    if not _DESKTOPS & set(environment.get("XDG_CURRENT_DESKTOP", "").lower().split(":")):
        return SystemProxy()
    home = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME', '')}/.config"
    try:
        path = Path(home, "dconf", "user")
        data = path.read_bytes() if path.stat().st_size <= _CAP else b""
        return settings_of(values(data))
    except (OSError, ValueError, IndexError, struct.error, RecursionError):
        return SystemProxy()


def settings_of(found: Mapping[str, object]) -> SystemProxy:
    """Take what counts: a manual proxy, its exceptions, or a script."""
    mode = found.get("/system/proxy/mode")
    if mode == "auto":
        return SystemProxy(script=True)
    host, port = (found.get(name) for name in _HOST_AND_PORT)
    if mode != "manual" or not isinstance(host, str) or not host:
        return SystemProxy()
    exempt = found.get("/system/proxy/ignore-hosts")
    hosts = tuple(exempt) if isinstance(exempt, list) else ("localhost", "127.0.0.0/8", "::1")
    return SystemProxy(f"http://{host}:{port if isinstance(port, int) and port else 8080}", hosts)


def values(data: bytes) -> dict[str, object]:
    """Return the file's strings, numbers and lists of strings below ``/system/proxy``.

    Raises what :mod:`struct` and slicing raise on a broken file.
    """
    if data[:8] != b"GVariant":
        raise ValueError("not a database of this machine's byte order")
    start, _end = struct.unpack_from("<II", data, 16)
    bloom, buckets = struct.unpack_from("<II", data, start)
    first = start + 8 + 4 * (bloom & (1 << 27) - 1) + 4 * buckets
    _, end = struct.unpack_from("<II", data, 16)
    items = [_ITEM.unpack_from(data, at) for at in range(first, end - _ITEM.size + 1, _ITEM.size)]
    found: dict[str, object] = {}
    for item in items:
        path = _path(items, item, data)
        if item[4] == b"v" and path.startswith("/system/proxy/"):
            found[path] = _value(data[item[5] : item[6]])
    return found


def _path(items: list[tuple[int, ...]], item: tuple[int, ...], data: bytes) -> str:
    parts: list[str] = []
    for _ in range(32):
        parts.insert(0, data[item[2] : item[2] + item[3]].decode())
        if item[1] == _NOBODY:
            return "".join(parts)
        item = items[item[1]]
    raise ValueError("its own parent")


def _value(variant: bytes) -> object:
    """Read a GVariant of type ``v``: the child, a NUL, its type."""
    child, _, kind = variant.rpartition(b"\0")
    if kind == b"s":
        return child.rstrip(b"\0").decode()
    if kind == b"i":
        return int.from_bytes(child[:4], "little", signed=True)
    if kind == b"as":
        return _strings(child)
    return None


def _strings(child: bytes) -> list[str]:
    """An array of strings: their texts, then where each ends, in one byte each while it is short."""
    if not child:
        return []
    width = next(size for size in (1, 2, 4) if len(child) < 1 << 8 * size)
    texts = int.from_bytes(child[-width:], "little")
    return [one.decode() for one in child[:texts].split(b"\0")[:-1]]
