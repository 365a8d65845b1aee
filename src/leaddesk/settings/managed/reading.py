"""Where managed settings lie on each system, and that nobody but its administrators wrote them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from leaddesk.settings.managed.rules import Fault, Managed, ManagedFault, understood

FILE_CAP, CA_CAP = 64 * 1024, 512 * 1024
ROOT = 0
_ONCE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

Told = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What counts, whether anything was found, and why what was found does not count.

    Managed settings that are wrong let nobody type an address: a rule may have stood there that says so.
    What others than administrators could have written is as if it were not there.
    """

    managed: Managed = field(default_factory=Managed)
    found: bool = False
    fault: Fault | None = None
    key: str = ""
    authorities: str | None = None
    """The certificates of ``ca-file``, read (PEM)."""


def read_managed(platform: str = sys.platform, look: Callable[[], Told | None] | None = None) -> Reading:
    """Read what is there; raises nothing."""
    try:
        told = (look or _look(platform))()
        if told is None:
            return Reading()
        managed = understood(told)
        return Reading(managed, True, authorities=_authorities(managed.ca_file, platform))
    except ManagedFault as wrong:
        open_to_all = wrong.fault is Fault.NOT_OURS and not wrong.key
        return Reading(Managed(typed=open_to_all), True, wrong.fault, wrong.key)


def read_guarded(path: str, cap: int, *, owners: bool = True) -> bytes | None:
    """Return a file that only administrators can have written; nothing if there is none.

    The file and every folder above it belong to root and are writable by nobody else. It is opened once and
    looked at open, so that nothing is exchanged in between. Raises :class:`ManagedFault`.
    """
    try:
        handle = os.open(path, _ONCE)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        raise ManagedFault(Fault.UNREADABLE) from None
    try:
        read = _read(handle, path, cap, owners=owners)
    except OSError:
        raise ManagedFault(Fault.UNREADABLE) from None
    finally:
        os.close(handle)
    if len(read) > cap:
        raise ManagedFault(Fault.TOO_LARGE)
    return read


def _read(handle: int, path: str, cap: int, *, owners: bool) -> bytes:
    facts, folder = os.fstat(handle), Path(path).parent.resolve()
    if owners and not is_guarded((facts, *(one.stat() for one in (folder, *folder.parents)))):
        raise ManagedFault(Fault.NOT_OURS)
    if not stat.S_ISREG(facts.st_mode):
        raise ManagedFault(Fault.UNREADABLE)
    return os.read(handle, cap + 1)


def is_guarded(facts: Iterable[os.stat_result]) -> bool:
    """Tell whether files and folders belong to root and nobody else may write them."""
    return all(one.st_uid == ROOT and not one.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for one in facts)


def _look(platform: str) -> Callable[[], Told | None]:
    """Return how this system is asked; each way is imported where it is needed alone."""
    room = {"win32": "windows", "darwin": "macos"}.get(platform, "linux")
    look: Callable[[], Told | None] = import_module(f"leaddesk.settings.managed.{room}").look
    return look


def _authorities(path: str | None, platform: str) -> str | None:
    """Read the company's certificates; a named file that is missing or not an administrator's is a fault."""
    if path is None:
        return None
    try:
        read = read_guarded(path, CA_CAP, owners=platform != "win32")
    except ManagedFault as wrong:
        raise ManagedFault(wrong.fault, "ca-file") from None
    if read is None:
        raise ManagedFault(Fault.UNREADABLE, "ca-file")
    text = read.decode("ascii", "replace")
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ManagedFault(Fault.WRONG, "ca-file")
    return text
