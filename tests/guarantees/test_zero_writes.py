"""A1 in short: one traced session, and the same with a client whose lock writes a file."""

import os
import shutil

import pytest

from tests.guarantees.zero_writes import guarantee, writes


async def test_a_session_writes_nothing() -> None:
    figure = await guarantee(os.environ)
    assert figure.kept, figure.findings


async def test_a_client_that_writes_is_caught() -> None:
    figure = await guarantee(os.environ, planted=True)
    assert any("leads.csv" in finding for finding in figure.findings)


def test_strace_is_there() -> None:
    assert shutil.which("strace")


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ('7 openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT, 0666) = 3', True),
        ('7 openat(AT_FDCWD, "/tmp/x", O_RDONLY|O_CLOEXEC) = 3', False),
        ('7 openat(AT_FDCWD, "/dev/null", O_RDWR) = 3', False),
        ('7 rename("/tmp/a", "/tmp/b") = 0', True),
        ('7 mkdir("/var/lib/person/.config", 0700) = 0', True),
        ('7 setxattr("/tmp/a", "user.x", "1", 1, 0) = 0', True),
        ('7 openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY) = 3', False),
    ],
)
def test_calls_are_told_apart(line: str, bad: bool) -> None:
    assert [found for found, _ in writes(line)] == [bad]


def test_a_call_that_failed_wrote_nothing() -> None:
    assert not list(writes('7 openat(AT_FDCWD, "/tmp/x", O_WRONLY) = -1 EACCES (Permission denied)'))
