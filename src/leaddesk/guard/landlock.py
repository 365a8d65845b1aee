"""Landlock: the kernel refuses this process, and all it starts, every change of a file (guarantee A3).

Source: Linux, ``Documentation/userspace-api/landlock.rst``, ``include/uapi/linux/landlock.h``. Each version
of the interface (ABI) knows more rights; :mod:`leaddesk.guard.seccomp` closes what a kernel lacks where it
can. TCP is not restricted, for the client connects and a sign-in listens on loopback. Of the scopes only
signals are: without abstract sockets there is no X11.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct

from leaddesk.guard.kernel import call

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Since 5.13 the same numbers on every architecture."""
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_ALL_THREADS = 1 << 3
_WRITE_FILE, _TRUNCATE, _IOCTL_DEV = 1 << 1, 1 << 14, 1 << 15
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
"""Remove a folder or a file; make a device, folder, file, socket, pipe, block device, symbolic link."""
_REFER = 1 << 13
_SCOPE_ABSTRACT, _SCOPE_SIGNAL = 1 << 0, 1 << 1
_TCP = 0b11
"""Binding and connecting."""
_RIGHTS_OF = (0, 13, 14, 15, 15, 16, 16, 16, 16)
"""How many rights on files each version knows; they are the lowest bits."""
_NEWEST = 8
NULL = "/dev/null"
_NULL_DEVICE = (1, 3)


def abi() -> int:
    """Return the version this kernel has; 0: none, or switched off."""
    try:
        return call(_CREATE, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def denied(version: int) -> int:
    """Return the rights on files that are taken away under a version: all that change something."""
    rights = _WRITE_FILE | _REMOVE_AND_MAKE
    rights |= _REFER if version >= 2 else 0
    rights |= _TRUNCATE if version >= 3 else 0
    return rights | (_IOCTL_DEV if version >= 5 else 0)


def restrict(version: int) -> None:
    """Take the rights of a version away, for good; ``/dev/null`` alone may be written. Raises OSError.

    Threads that exist already stay free below version 8: called while there is exactly one.
    """
    version = min(version, _NEWEST)
    ruleset = call(_CREATE, *_attributes(version), 0)
    try:
        _allow_null(ruleset, denied(version))
        call(_RESTRICT, ruleset, _ALL_THREADS if version >= 8 else 0)
    finally:
        os.close(ruleset)


def restrict_all(version: int) -> None:
    """Take every right that a version knows: no path is read, run or listed, no port reached, no socket of
    another process, no signal sent. Raises OSError.
    """
    version = min(version, _NEWEST)
    words = [(1 << _RIGHTS_OF[max(0, version)]) - 1]
    words += [_TCP] if version >= 4 else []
    words += [_SCOPE_SIGNAL | _SCOPE_ABSTRACT] if version >= 6 else []
    packed = struct.pack(f"={len(words)}Q", *words)
    ruleset = call(_CREATE, packed, len(packed), 0)
    try:
        call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _attributes(version: int) -> tuple[bytes, int]:
    words = [denied(version)]
    words += [0] if version >= 4 else []  # the network
    words += [_SCOPE_SIGNAL] if version >= 6 else []
    packed = struct.pack(f"={len(words)}Q", *words)
    return packed, len(packed)


def _allow_null(ruleset: int, rights: int) -> None:
    """Python starts children with it. Only the device itself: a file of that name would keep what it gets."""
    try:
        place = os.open(NULL, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        found = os.fstat(place)
        device = (os.major(found.st_rdev), os.minor(found.st_rdev))
        if stat.S_ISCHR(found.st_mode) and device == _NULL_DEVICE:
            allowed = rights & (_WRITE_FILE | _TRUNCATE | _IOCTL_DEV)
            rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, place))
            call(_ADD, ruleset, _RULE_PATH_BENEATH, ctypes.cast(rule, ctypes.c_void_p), 0)
    finally:
        os.close(place)
