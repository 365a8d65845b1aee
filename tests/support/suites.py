"""The pytest processes of the outer runner: what each runs, with which options, and what came of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from tests.support import pictures
from tests.support.guarded import GUARDED

ROOT = Path(__file__).resolve().parent.parent.parent
GUI_FOLDERS = ("tests/ui",)
FIRST_WINDOWS = ("tests/ui/leads", "tests/ui/offers", "tests/ui/shell", "tests/ui/test_stories.py")
"""About half of the windows' time; the other half is the rest, whatever is added."""
GUARANTEE_FOLDERS = ("tests/guarantees",)
PLAYED_FOLDERS = ("tests/journey", "tests/tour")
NO_WRITES = "LEADDESK_TEST_NO_WRITES"
ENDED_WELL = (0, 5)
"""Exit codes of pytest: all passed, nothing collected."""
CLOSING = re.compile(r"^=* ?(?:\d+ [a-z]+(?:, )?)+ in [\d.]+s.*$")
COUNT = re.compile(r"(\d+) (passed|failed|error|skipped)")
BROKEN = re.compile(r"^(?:FAILED|ERROR) \S+\.py")


@dataclass(frozen=True)
class Suite:
    """One pytest process. `silent`: it writes no file, not even bytecode, and works inside the guard;
    pictures leave by pipe.
    """

    name: str
    arguments: tuple[str, ...]
    silent: bool = False
    settings: dict[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        """The command line; a silent process also captures output in memory (pytest's default is a file)."""
        quiet = ["-B"] if self.silent else []
        capture = ["--capture=sys", "-p", "no:tmpdir"] if self.silent else []
        return [sys.executable, *quiet, "-m", "pytest", "--color=no", *capture, *self.arguments]


@dataclass(frozen=True)
class Result:
    """What a suite ended with: the exit code, the numbers of its closing line, and a line per failure."""

    code: int
    counts: Counter[str]
    broken: tuple[str, ...] = ()


def groups() -> list[list[Suite]]:
    """What `make test` runs, one group after another: headless on three processes, because on two cores one
    of them mostly waits for a server or a database that it started; the windows in two halves side by side,
    each at a desktop of its own; the guarantees' smoke counts on two processes; and what is played at several
    windows, which mostly wait for each other.
    """
    on_screen = {"QT_QPA_PLATFORM": "xcb"}
    elsewhere = _without(*GUI_FOLDERS, *GUARANTEE_FOLDERS, *PLAYED_FOLDERS)
    return [
        [Suite("headless", ("tests", *_shared(3), *elsewhere), settings={"QT_QPA_PLATFORM": "offscreen"})],
        [
            Suite("windows", FIRST_WINDOWS, silent=True, settings=on_screen),
            Suite("more windows", (*GUI_FOLDERS, *_without(*FIRST_WINDOWS)), silent=True, settings=on_screen),
        ],
        [Suite("guarantees", (*GUARANTEE_FOLDERS, "-n", "2"), settings=on_screen)],
        [Suite(Path(one).name, (one,), settings=on_screen) for one in PLAYED_FOLDERS],
    ]


def _shared(count: int) -> tuple[str, ...]:
    """Several processes, each with neighbouring tests, so that one cluster or module serves them all; whoever
    is done first takes tests from another.
    """
    return ("-n", str(count), "--dist", "worksteal")


def _without(*folders: str) -> list[str]:
    return [f"--ignore={folder}" for folder in folders]


def chosen(arguments: list[str]) -> Suite:
    """The suite for `tests/run.py -- ARGUMENTS`: the window suite's conditions if a path of it is named."""
    paths = [argument.split("::")[0] for argument in arguments]
    silent = any(path.startswith(GUI_FOLDERS) for path in paths)
    return Suite("chosen", tuple(arguments), silent, {"QT_QPA_PLATFORM": "xcb"})


def settings_of(suite: Suite) -> dict[str, str]:
    """Variables of a suite: a silent one may not write, and is guarded."""
    return suite.settings | ({NO_WRITES: "1", GUARDED: "1"} if suite.silent else {})


class Started:
    """A suite under way in `env`; its output waits until asked for, its pictures go to build/pictures."""

    def __init__(self, suite: Suite, env: dict[str, str]) -> None:
        self._name = suite.name
        self._inbox = pictures.Inbox(ROOT / "build" / "pictures")
        self._process = subprocess.Popen(
            suite.command(),
            cwd=ROOT,
            env=env | settings_of(suite) | {pictures.PIPE: str(self._inbox.writable)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[self._inbox.writable],
        )
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self._lines.put(line)
        self._lines.put(b"")

    def result(self) -> Result:
        """Passes the output on, what is still to come line by line; returns when the suite has ended."""
        print(f"── {self._name}", flush=True)
        closing = ""
        broken = list[str]()
        while line := self._lines.get():
            text = line.decode("utf-8", "replace")
            closing = text if CLOSING.match(text.rstrip()) else closing
            broken += [text.rstrip()] if BROKEN.match(text) else []
            os.write(sys.stdout.fileno(), line)
        counts = Counter({word: int(number) for number, word in COUNT.findall(closing)})
        code = self._process.wait()
        if code not in ENDED_WELL and not broken:
            broken.append(f"ERROR {self._name} ended with exit code {code}")
        return Result(code, counts, tuple(broken))

    def end(self) -> None:
        """Ends what still runs."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._inbox.close()


def run(group: list[Suite], desktops: list[dict[str, str]]) -> list[Result]:
    """Runs the suites of a group side by side, each in the environment of a desktop."""
    started: list[Started] = []
    try:
        started += [Started(suite, env) for suite, env in zip(group, desktops, strict=False)]
        return [one.result() for one in started]
    finally:
        for one in started:
            one.end()


def verdict(results: list[Result]) -> tuple[int, str]:
    """The exit code, and what is said last over all suites: what failed, once more, and the sums.

    A process that crashed is one error.
    """
    total = sum((result.counts for result in results), Counter[str]())
    broken = [result for result in results if result.code not in ENDED_WELL]
    total["error"] += sum(1 for result in broken if not (result.counts["failed"] or result.counts["error"]))
    line = f"{total['passed']} passed, {total['failed']} failed"
    line += "".join(
        f", {total[word]} {plural}"
        for word, plural in (("error", "errors"), ("skipped", "skipped"))
        if total[word]
    )
    ran = total["passed"] + total["failed"] + total["error"]
    failures = [failure for result in results for failure in result.broken]
    return (1 if broken or not ran else 0), "\n".join([*failures, line])
