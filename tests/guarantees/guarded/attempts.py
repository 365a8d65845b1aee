"""A program: enters the guard as an older kernel would have it, then tries the forbidden from everywhere.

``python -m tests.guarantees.guarded.attempts VERSION FOLDER``: Landlock's version to mask the rights to, -1
for no guard at all; FOLDER has a folder of prepared files for each place something is tried from. Calls go to
libc directly, past Python's own refusals. Prints JSON: place -> names of what succeeded.
"""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, AT_SYMLINK_NOFOLLOW = -100, 0x100
O_TMPFILE = 0o20200000
PLACES = ("main", "thread", "fork", "child", "shell")
FILES = (
    "there",
    "moved",
    "removed",
    "mode",
    "times",
    "owner",
    "marked",
    "short",
    "cut",
    "flags",
    "removable",
)


def prepare(folder: Path) -> None:
    """Make what is to be changed, for every place its own."""
    for place in PLACES:
        (folder / place / "empty").mkdir(parents=True)
        for name in FILES:
            (folder / place / name).write_text("as it was")
        os.setxattr(folder / place / "removable", "user.there", b"1")


def attempts(here: Path) -> dict[str, Callable[[], int]]:
    """Return what is forbidden, by name; each answers as the call does, below zero for refused."""

    def path(name: str) -> bytes:
        return os.fsencode(here / name)

    def opened(name: str, flags: int) -> int:
        return int(LIBC.open(path(name), flags, 0o600))

    def with_open(name: str, act: Callable[[int], int]) -> int:
        descriptor = opened(name, os.O_RDONLY)
        try:
            return act(descriptor)
        finally:
            os.close(descriptor)

    return {
        "create": lambda: opened("new", os.O_CREAT | os.O_WRONLY),
        "write": lambda: opened("there", os.O_WRONLY),
        "append": lambda: opened("there", os.O_RDWR | os.O_APPEND),
        "open and truncate": lambda: opened("short", os.O_RDONLY | os.O_TRUNC),
        "truncate": lambda: LIBC.truncate(path("cut"), ctypes.c_long(0)),
        "unnamed file": lambda: opened(".", O_TMPFILE | os.O_WRONLY),
        "rename": lambda: LIBC.rename(path("moved"), path("moved-away")),
        "link": lambda: LIBC.link(path("there"), path("linked")),
        "symlink": lambda: LIBC.symlink(path("there"), path("pointing")),
        "remove": lambda: LIBC.unlink(path("removed")),
        "make folder": lambda: LIBC.mkdir(path("folder"), 0o700),
        "remove folder": lambda: LIBC.rmdir(path("empty")),
        "make pipe": lambda: LIBC.mkfifo(path("pipe"), 0o600),
        "socket file": lambda: _bind(here),
        "set attribute": lambda: LIBC.setxattr(path("marked"), b"user.x", b"x", ctypes.c_size_t(1), 0),
        "set attribute of open": lambda: with_open(
            "there", lambda at: int(LIBC.fsetxattr(at, b"user.x", b"x", ctypes.c_size_t(1), 0))
        ),
        "remove attribute": lambda: LIBC.removexattr(path("removable"), b"user.there"),
        "mode": lambda: LIBC.chmod(path("mode"), 0o644),
        "mode of open": lambda: with_open("mode", lambda at: int(LIBC.fchmod(at, 0o640))),
        "owner": lambda: LIBC.chown(path("owner"), os.getuid(), os.getgid()),
        "times": lambda: LIBC.utimensat(AT_FDCWD, path("times"), None, AT_SYMLINK_NOFOLLOW),
        "flags": lambda: with_open("flags", _set_flags),
        "message queue": _make_queue,
        "io_uring": lambda: LIBC.syscall(425, 1, ctypes.create_string_buffer(120)),
        "write another's memory": _write_memory,
    }


def _bind(here: Path) -> int:
    """The path is relative, for it may have 107 bytes."""
    folder = os.open(here, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            address = struct.pack("H", socket.AF_UNIX) + f"/proc/self/fd/{folder}/socket".encode()
            return int(LIBC.bind(made.fileno(), address, len(address)))
    finally:
        os.close(folder)


def _set_flags(descriptor: int) -> int:
    """FS_IOC_GETFLAGS, and with one more (FS_NOATIME_FL) FS_IOC_SETFLAGS."""
    flags = ctypes.c_long()
    LIBC.ioctl(descriptor, 0x80086601, ctypes.byref(flags))
    flags.value |= 0x80
    return int(LIBC.ioctl(descriptor, 0x40086602, ctypes.byref(flags)))


def _make_queue() -> int:
    """One that would stay when all of us have ended; hence removed at once."""
    made = int(LIBC.msgget(0, 0o600))
    if made >= 0:
        LIBC.msgctl(made, 0, None)
    return made


def _write_memory() -> int:
    """Into our own, which is always allowed where the call is."""
    held = ctypes.create_string_buffer(b"as it was")
    part = struct.pack("@PN", ctypes.addressof(held), 1)
    return int(LIBC.process_vm_writev(os.getpid(), part, ctypes.c_ulong(1), part, ctypes.c_ulong(1), 0))


def tried(folder: Path, place: str) -> list[str]:
    """Try everything in the files of one place; return the names of what succeeded."""
    return [name for name, attempt in attempts(folder / place).items() if attempt() >= 0]


def from_everywhere(folder: Path) -> dict[str, list[str]]:
    """Try from the main thread, a thread, a fork, a program of our own and the shell's programs."""
    found = {"main": tried(folder, "main")}
    thread = threading.Thread(target=lambda: found.update(thread=tried(folder, "thread")))
    thread.start()
    thread.join()
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(tried(folder, "fork")).encode())
        os._exit(0)
    os.wait()
    found["fork"] = json.loads(os.read(reading, 1 << 16))
    command = [sys.executable, "-B", "-m", "tests.guarantees.guarded.attempts", "inside", str(folder)]
    found["child"] = json.loads(_said(command))
    found["shell"] = _said(["/bin/sh", "-c", _shell(folder / "shell")]).split()
    return found


def _shell(here: Path) -> str:
    """Foreign programs: each says its name when it succeeded."""
    words = {
        "echo": "echo x > new",
        "mv": "mv moved away",
        "ln": "ln there linked",
        "mkdir": "mkdir folder",
        "rmdir": "rmdir empty",
        "rm": "rm -f removed",
        "chmod": "chmod 644 mode",
        "touch": "touch times",
        "truncate": "truncate -s 0 cut",
        "mkfifo": "mkfifo pipe",
        "cp": "cp there copied",
        "dd": "dd if=there of=short conv=notrunc status=none",
    }
    return f"cd {shlex.quote(str(here))}; exec 2>&-; " + "; ".join(
        f"{line} && echo {name}" for name, line in words.items()
    )


def _said(command: list[str]) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout


def main(words: list[str]) -> int:
    """Enter with the rights of a version, try, print."""
    folder = Path(words[1])
    if words[0] == "inside":
        print(json.dumps(tried(folder, "child")))
        return 0
    if int(words[0]) >= 0:
        from leaddesk.guard import entering
        from leaddesk.guard.links.opener import Opener

        hold = entering._restricted(Opener(), int(words[0]))
        assert hold.alone and hold.seccomp and hold.landlock == int(words[0]), hold
    print(json.dumps(from_everywhere(folder), default=lambda raw: raw.decode()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
