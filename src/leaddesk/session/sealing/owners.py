"""Which process a sealing key is for, such that another one can tell later whether it still lives.

A process that begins anew over itself keeps its number and the time it began. Whoever cannot tell – another
machine with the same home, a container with numbers of its own – takes it for living: a key that stays too
long opens nothing, one that goes too early costs what somebody typed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

_WORDS = 5
_STILL_RUNNING, _NO_SUCH_PROCESS = 0x1000, 87
"""Windows: ``PROCESS_QUERY_LIMITED_INFORMATION``, ``ERROR_INVALID_PARAMETER``."""


def this_process() -> str:
    """Return this process's own mark: machine, its start, room of process numbers, number, time it began."""
    return " ".join((*_here(), str(os.getpid()), _began(os.getpid()) or "-"))


def is_gone(owner: str) -> bool:
    """Tell whether the process is certainly over."""
    words = owner.split(" ")
    if len(words) != _WORDS or not words[3].isdigit():
        return False
    (machine, boot, space), (process, began) = words[:3], words[3:]
    here = _here()
    if machine != here[0]:
        return False
    if boot != here[1]:
        return "-" not in (boot, here[1])
    return space == here[2] and _is_over(int(process), began)


def _here() -> tuple[str, str, str]:
    machine, boot = _read("/etc/machine-id"), _read("/proc/sys/kernel/random/boot_id")
    try:
        space = str(Path("/proc/self/ns/pid").readlink()).partition("[")[2].rstrip("]")
    except OSError:
        space = "-"
    return _short(machine), _short(boot), space or "-"


def _is_over(process: int, began: str) -> bool:
    if sys.platform == "linux":
        now = _began(process)
        return now != began if now is not None else not Path(f"/proc/{process}").exists()
    return not _runs(process)


def _began(process: int) -> str | None:
    """Return when a process began, in ticks since the machine did (proc(5): stat, field 22)."""
    said = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return said[19] if len(said) > 19 else None


def _runs(process: int) -> bool:
    """Where there is no ``/proc``: a number that was given to another process counts as the same one."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = kernel.OpenProcess(_STILL_RUNNING, False, process)
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle) or ctypes.get_last_error() != _NO_SUCH_PROCESS
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _short(text: str) -> str:
    return hashlib.sha256(f"leaddesk {text}".encode()).hexdigest()[:12] if text else "-"


def _read(path: str) -> str:
    try:
        return Path(path).read_text("ascii", "replace").strip()
    except OSError:
        return ""
