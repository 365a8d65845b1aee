"""Python's own events refuse writing, once with a sentence; the filter's code refuses what it says."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from leaddesk.guard import landlock, seccomp
from leaddesk.guard.probing import attributes_refused, files_refused, probe
from leaddesk.guard.seccomp import MACHINES, program

HOOKED = """
import logging, os, pathlib, shutil, sqlite3, sys
logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
from leaddesk.guard import hook
hook.install(); hook.install()
here = pathlib.Path(sys.argv[1])
there = here / "there"
tried = [
    lambda: open(here / "new", "w"), lambda: open(there, "a"), lambda: open(there, "r+b"),
    lambda: open(there, "x"), lambda: os.open(there, os.O_RDWR), lambda: os.rename(there, here / "b"),
    lambda: there.unlink(), lambda: os.mkdir(here / "d"), lambda: os.symlink("a", here / "s"),
    lambda: os.link(there, here / "l"), lambda: os.truncate(there, 0), lambda: os.chmod(there, 0o600),
    lambda: os.utime(there), lambda: there.touch(), lambda: os.setxattr(there, "user.x", b""),
    lambda: sqlite3.connect(here / "db"), lambda: shutil.copy(there, here / "c"),
    lambda: os.chown(there, os.getuid(), -1),
]
refused = 0
for one in tried:
    try:
        one()
    except hook.WriteRefused:
        refused += 1
free = [
    lambda: open(os.devnull, "w").close(), lambda: there.read_bytes(),
    lambda: sqlite3.connect(":memory:").close(), lambda: os.fdopen(os.pipe()[1], "wb").close(),
    lambda: os.close(os.memfd_create("x")),
]
for one in free:
    one()
print(refused == len(tried), hook.refused() >= len(tried), hook.answers())
"""


def test_every_way_to_write_is_refused_and_told_once(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("as it was")
    command = [sys.executable, "-B", "-c", HOOKED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told, verdict = done.stdout.splitlines()
    assert told.startswith("WARNING a write was refused (open)") and str(tmp_path) not in told
    assert verdict.split() == ["True", "True", "True"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"there": "as it was"}


def judged(code: bytes, mark: int, number: int, argument: int = 0) -> bool:
    """Run a filter as the kernel would; True when the call is let through."""
    lines = [struct.unpack("=HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    data = struct.pack("=IIQ6Q", number, mark, 0, *([argument] * 6))
    at, held = 0, 0
    while True:
        kind, yes, no, value = lines[at]
        at += 1
        if kind == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif kind == 0x06:
            assert value in (0x7FFF0000, 0x00050000 | errno.EPERM)
            return bool(value == 0x7FFF0000)
        else:
            true = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[kind]
            at += yes if true else no


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("version", [0, 2, 3, 7])
def test_the_filter_refuses_exactly_its_list(name: str, version: int) -> None:
    machine = MACHINES[name]
    code = program(machine, version)
    assert len(code) // 8 <= 255, "a jump has eight bits"
    old = machine.truncates if version < 3 else ()
    listed = {*machine.refused, *seccomp._EVERYWHERE, *old}
    assert {number for number in range(600) if not judged(code, machine.mark, number)} == listed
    for command in seccomp._IOCTLS:
        assert not judged(code, machine.mark, machine.ioctl, command)
    for number in machine.opens:
        assert judged(code, machine.mark, number, os.O_TRUNC) == (version >= 3)
        assert judged(code, machine.mark, number, os.O_RDONLY | os.O_CLOEXEC)


@pytest.mark.parametrize("name", MACHINES)
def test_other_abis_are_refused_whole(name: str) -> None:
    machine = MACHINES[name]
    code = program(machine, 7)
    assert not any(judged(code, mark, number) for mark in (0x40000003, 0) for number in range(500))
    if name == "x86_64":
        assert not any(judged(code, machine.mark, 0x40000000 + number) for number in range(600))


def test_each_version_takes_what_the_one_before_took_and_more() -> None:
    rights = [landlock.denied(version) for version in range(1, 9)]
    assert all(one & two == one for one, two in pairwise(rights))
    assert [right.bit_count() for right in rights] == [10, 11, 12, 12, 13, 13, 13, 13]


def test_an_unknown_machine_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "machine", lambda: None)
    with pytest.raises(OSError):
        seccomp.restrict(7)


def test_probes_of_a_process_that_entered_nothing_say_so() -> None:
    found = probe()
    assert (found.version, found.files, found.attributes, found.opener) == (0, False, False, False)
    assert not files_refused() and not attributes_refused()
