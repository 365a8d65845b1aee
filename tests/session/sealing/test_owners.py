"""A key outlives its process for no longer than until somebody looks, and never goes before it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from leaddesk.session.sealing import owners
from leaddesk.session.sealing.owners import is_gone, this_process

TELLS = "from leaddesk.session.sealing.owners import this_process\nprint(this_process(), flush=True)\ninput()"
OVER_ITSELF = f"""
import os, sys
from leaddesk.session.sealing.owners import this_process
print(this_process(), flush=True)
os.execv(sys.executable, [sys.executable, "-c", {TELLS!r}])
"""


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """A process that begins anew over itself, and says both times who it is."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", OVER_ITSELF], stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


def test_a_process_is_the_same_after_it_began_anew_and_gone_after_its_end(
    other: subprocess.Popen[str],
) -> None:
    assert other.stdout is not None
    before, after = (other.stdout.readline().strip() for _ in range(2))
    assert before == after != this_process() and not is_gone(before)
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert is_gone(before)


def test_a_number_that_another_process_has_now_is_not_the_same() -> None:
    words = this_process().split(" ")
    assert not is_gone(" ".join(words))
    assert is_gone(" ".join((*words[:4], str(int(words[4]) + 1))))


def test_after_the_machine_was_started_again_nobody_of_before_lives() -> None:
    machine, _, *rest = this_process().split(" ")
    assert is_gone(" ".join((machine, "another", *rest)))


@pytest.mark.parametrize("word", [0, 2])
def test_whom_nobody_here_can_see_counts_as_living(word: int) -> None:
    """Another machine with the same home; a container with process numbers of its own."""
    words = this_process().split(" ")
    words[word] = "elsewhere"
    words[3:] = ["999999999", "1"]
    assert not is_gone(" ".join(words))


@pytest.mark.parametrize("owner", ["", "nonsense", "a b c d e", "a b c 1"])
def test_nonsense_counts_as_living(owner: str) -> None:
    assert not is_gone(owner)


def test_without_proc_a_number_that_nobody_has_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "_read", lambda _path: "")
    monkeypatch.setattr(sys, "platform", "darwin")
    words = this_process().split(" ")
    assert not is_gone(" ".join(words))
    assert is_gone(" ".join((*words[:3], "999999999", "-")))
