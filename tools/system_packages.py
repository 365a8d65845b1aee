"""Installs what is missing of packaging/linux/apt-packages.txt, as root or with `sudo -n`, never asking.

Programs only: no service that comes with them is started, now or when the machine starts again.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROGRAM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/sbin")
"""Where Debian keeps programs in several versions, and those that may be on root's PATH only."""
POLICY = Path("/usr/sbin/policy-rc.d")
"""Debian asks it before a package starts a service; 101 says no."""
NOTHING_STARTS = "printf '#!/bin/sh\\nexit 101\\n' >'{0}' && chmod 755 '{0}'"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


class Package(NamedTuple):
    """One line of the list: the Debian package and how to see that its content is there."""

    name: str
    probe: str


def read(path: Path) -> list[Package]:
    """The packages of a list file, in its order."""
    lines = (line.partition("#")[0].split() for line in path.read_text("utf-8").splitlines())
    return [Package(*words) for words in lines if words]


def is_present(package: Package) -> bool:
    """True if the probe of the package succeeds, wherever its content came from."""
    kind, _, name = package.probe.partition(":")
    return {"lib": _loads, "prog": _on_path, "font": _has_font, "module": _has_module}[kind](name)


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _on_path(program: str) -> bool:
    elsewhere = (place / program for pattern in PROGRAM_FOLDERS for place in Path("/").glob(pattern))
    return shutil.which(program) is not None or any(path.exists() for path in elsewhere)


def _has_font(name: str) -> bool:
    folders = (
        Path(folder).expanduser()
        for folder in FONT_FOLDERS
        if not folder.startswith("~") or os.environ.get("HOME")
    )
    return any(
        path.suffix in (".ttf", ".otf", ".ttc") for folder in folders for path in folder.rglob(f"{name}*")
    )


def _has_module(names: str) -> bool:
    return any(importlib.util.find_spec(name) is not None for name in names.split("|"))


def _rights() -> list[str] | None:
    """The words before apt-get: none for root, `sudo -n` where that works, None without any right."""
    if os.geteuid() == 0:
        return ["env"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "env"]
    return None


def _apt(rights: list[str], *words: str) -> bool:
    command = [
        *rights,
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-y",
        "-o",
        "DPkg::Lock::Timeout=120",
        *words,
    ]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode == 0


@contextlib.contextmanager
def _nothing_starts(rights: list[str]) -> Iterator[None]:
    """What is installed meanwhile starts no service; a policy of the machine's owner is left as it is."""
    if POLICY.exists():
        yield
        return
    subprocess.run([*rights, "sh", "-c", NOTHING_STARTS.format(POLICY)], check=False)
    try:
        yield
    finally:
        subprocess.run([*rights, "rm", "-f", str(POLICY)], check=False)


def _disable(rights: list[str], packages: list[str]) -> None:
    """Services that packages brought do not start with the machine either."""
    if not Path("/run/systemd/system").exists():
        return
    for name in packages:
        command = [*rights, "systemctl", "disable", "--quiet", f"{name}.service"]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)


def install(listing: Path) -> list[str]:
    """Brings in the packages of `listing` that are missing; returns those that still are."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package.name for package in read(listing) if not is_present(package)]
    if not missing:
        return []
    rights = _rights() if shutil.which("apt-get") else None
    if rights is None:
        return missing
    wanted = ("install", "--no-install-recommends", *missing)
    with _nothing_starts(rights):
        if not _apt(rights, *wanted):
            _apt(rights, "update")
            _apt(rights, *wanted)
    _disable(rights, missing)
    importlib.invalidate_caches()
    return [package.name for package in read(listing) if not is_present(package)]
