"""A real clamd of a test's own: unprivileged, with signatures of our own making, no updater, no network.

``make test-clamd`` puts the program on PATH (tools/clamd.sh); ``make test`` does without.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.scanner import EICAR

KIB = 1024
STREAM = 256 * KIB
"""Bytes of a file that clamd takes."""
LOOKED_INTO = 128 * KIB
"""Bytes of a file that it looks into; beyond, a file is called clean unseen unless it is told to alert."""
SIGNATURES = f"Leaddesk.Test.Eicar:0:*:{EICAR.hex()}\n"
SETTINGS = """Foreground yes
LocalSocket {folder}/clamd.ctl
TCPAddr 127.0.0.1
TCPSocket {port}
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/passing
StreamMaxLength {stream}
MaxFileSize {looked_into}
MaxScanSize {looked_into}
AlertExceedsMax yes
"""
READY = 60.0


class RealClamd:
    """Started and killed at will; listens on a unix socket and on loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.unix, self.tcp = f"unix:{folder}/clamd.ctl", f"tcp:127.0.0.1:{port}"
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("signatures", "passing"):
            (folder / name).mkdir()
        (folder / "signatures" / "own.ndb").write_text(SIGNATURES)
        told = SETTINGS.format(folder=folder, port=port, stream=STREAM, looked_into=LOOKED_INTO)
        (folder / "clamd.conf").write_text(told)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for place in (folder, *folder.rglob("*")):
                shutil.chown(place, "nobody", "nogroup")
            for place in folder.parents:  # the runner's folders let nobody through
                if not place.stat().st_mode & stat.S_IXOTH:
                    place.chmod(place.stat().st_mode | stat.S_IXOTH)

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = self._started()
        async with asyncio.timeout(READY):
            while not await self._answers():
                assert self._process.poll() is None, "clamd ended at its start"
                await asyncio.sleep(0.05)

    def _started(self) -> subprocess.Popen[bytes]:
        command = ["clamd", "--foreground", f"--config-file={self._folder}/clamd.conf"]
        silent = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=silent, stderr=silent, **self._as)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            (self._folder / "clamd.ctl").unlink(missing_ok=True)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(b"zPING\0")
            answer = await reader.read(16)
        except OSError:
            return False
        writer.close()
        return answer == b"PONG\0"


@asynccontextmanager
async def real_clamd() -> AsyncIterator[RealClamd]:
    """Give one that runs; its folder is its user's alone."""
    folder = Path(tempfile.mkdtemp(prefix="clamd"))
    clamd = RealClamd(folder)
    try:
        await clamd.start()
        yield clamd
    finally:
        clamd.kill()
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove by whole paths, which the watchdog understands."""
    for place in (*sorted(folder.rglob("*"), reverse=True), folder):
        place.rmdir() if place.is_dir() else place.unlink()
