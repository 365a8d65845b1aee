"""The cell's filter says what it means, on both architectures; where there is none, nobody gets in."""

from __future__ import annotations

import errno
import os
import struct

import pytest

from leaddesk.guard.cell import entering as cell
from leaddesk.guard.cell import filter as code_of
from leaddesk.guard.seccomp import MACHINES

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def judged(code: bytes, number: int, mark: int, third: int = 0) -> int:
    """Run a filter as the kernel would, for the few instructions that ours has."""
    lines = [struct.unpack("=HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    words = {0: number, 4: mark, 32: third}
    held = at = 0
    while True:
        kind, yes, no, value = lines[at]
        if kind == 0x06:
            return int(value)
        if kind == 0x20:
            held, at = words[value], at + 1
            continue
        met = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[kind]
        at += 1 + (yes if met else no)


@pytest.mark.parametrize("name", MACHINES)
def test_only_what_is_named_is_allowed(name: str) -> None:
    calls, mark = code_of.CALLS[name], MACHINES[name].mark
    code = code_of.program(mark, calls)
    let = {number for number in range(600) if judged(code, number, mark) == ALLOW}
    assert let == {*calls.allowed, *calls.mapping}
    for number in calls.mapping:
        assert judged(code, number, mark, third=0b011) == ALLOW
        assert judged(code, number, mark, third=0b101) == REFUSE
    assert judged(code, calls.allowed[0], mark ^ 1) == REFUSE
    assert judged(code, 0x40000000, mark) == REFUSE


def test_nobody_enters_where_the_filter_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "CALLS", {})
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    with pytest.raises(OSError, match=os.strerror(errno.ENOSYS)):
        cell.enter(cell.Room(1, 1))
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208
