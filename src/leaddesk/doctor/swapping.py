"""Whether memory can reach the disk (A6): to which places Linux pages, what lies under them, if it may.

Of a place it is told what can be known without being root: a device that lies in memory (zram), one that is
encrypted all the way down (device-mapper's own names begin with ``CRYPT-``), and a file on such a one. What
cannot be known, as with filesystems that span several disks, counts as readable.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

_NOTHING = frozenset({"", "none"})


class Swap(StrEnum):
    """What happens to memory of ours: only what is READABLE can be found on the disk."""

    OFF = "off"
    FORBIDDEN = "not allowed for this program"
    IN_MEMORY = "compressed in memory"
    ENCRYPTED = "encrypted"
    READABLE = "on, and not known to be encrypted"


class Machine:
    """Where Linux tells of itself; a test puts another folder there."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def swap(self) -> Swap:
        """Look it up."""
        places = [line.split()[0] for line in self._read("proc/swaps").splitlines()[1:] if line.strip()]
        if not places:
            return Swap.OFF
        if self._is_forbidden():
            return Swap.FORBIDDEN
        kinds = {self._kind(place) for place in places}
        return next(kind for kind in (Swap.READABLE, Swap.ENCRYPTED, Swap.IN_MEMORY) if kind in kinds)

    def lies_on(self, place: str) -> tuple[bool, int]:
        """Tell whether a place is a file, and the number of the device it is or lies on; 0: unknown."""
        try:
            facts = (self._root / place.lstrip("/")).stat()
        except OSError:
            return False, 0
        return not facts.st_rdev, facts.st_rdev or facts.st_dev

    def _is_forbidden(self) -> bool:
        """Tell whether the group of processes we are in, or one above it, may page nothing (cgroup v2)."""
        own = [line[3:] for line in self._read("proc/self/cgroup").splitlines() if line.startswith("0::/")]
        if not own:
            return False
        group = Path("sys/fs/cgroup", own[0].strip("/"))
        above = [group, *group.parents]
        groups = above[: above.index(Path("sys/fs/cgroup"))]
        return any(self._read(str(one / "memory.swap.max")) == "0" for one in groups)

    def _kind(self, place: str) -> Swap:
        is_file, number = self.lies_on(place.encode().decode("unicode_escape"))
        device = (self._root / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}").resolve()
        if device.name.startswith("zram"):
            backing = _text(device / "backing_dev")
            return Swap.IN_MEMORY if backing in _NOTHING and not is_file else Swap.READABLE
        return Swap.ENCRYPTED if self._is_encrypted(device) else Swap.READABLE

    def _is_encrypted(self, device: Path) -> bool:
        """Tell whether a device is encrypted, or everything that it is made of."""
        if _text(device / "dm/uuid").startswith("CRYPT-"):
            return True
        below = list(_entries(device / "slaves"))
        return bool(below) and all(self._is_encrypted(one.resolve()) for one in below)

    def _read(self, path: str) -> str:
        return _text(self._root / path)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _entries(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return ()
