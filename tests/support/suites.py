"""The pytest processes of the outer runner: what each runs, with which options, and what came of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import pictures
from tests.support.guarded import GUARDED

ROOT = Path(__file__).resolve().parent.parent.parent
GUI_FOLDERS = ("tests/ui", "tests/journeys", "tests/gui")
GUARANTEE_FOLDERS = ("tests/guarantees",)
PLAYED_FOLDERS = ("tests/journey", "tests/tour")
NO_WRITES = "LEADDESK_TEST_NO_WRITES"
NOTHING_COLLECTED = 5
CLOSING = re.compile(r"^=* ?(?:\d+ [a-z]+(?:, )?)+ in [\d.]+s.*$")
COUNT = re.compile(r"(\d+) (passed|failed|error|skipped)")


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
    """What a suite ended with: the exit code and the numbers of its closing line."""

    code: int
    counts: Counter[str]


def all_suites() -> list[Suite]:
    """What `make test` runs: headless and the guarantees' smoke counts on two processes, the window suite,
    and alone what is played at several windows, which wait for each other.
    """
    elsewhere = [f"--ignore={folder}" for folder in (*GUI_FOLDERS, *GUARANTEE_FOLDERS, *PLAYED_FOLDERS)]
    suites = [Suite("headless", ("tests", "-n", "2", *elsewhere), settings={"QT_QPA_PLATFORM": "offscreen"})]
    suites += _existing(Suite("windows", GUI_FOLDERS, silent=True, settings={"QT_QPA_PLATFORM": "xcb"}))
    at_once = ("-n", "2")
    suites += _existing(Suite("guarantees", GUARANTEE_FOLDERS, settings={"QT_QPA_PLATFORM": "xcb"}), at_once)
    suites += _existing(Suite("played", PLAYED_FOLDERS, settings={"QT_QPA_PLATFORM": "xcb"}))
    return suites


def _existing(suite: Suite, more: tuple[str, ...] = ()) -> list[Suite]:
    folders = tuple(folder for folder in suite.arguments if any((ROOT / folder).rglob("test_*.py")))
    return [Suite(suite.name, (*folders, *more), suite.silent, suite.settings)] if folders else []


def chosen(arguments: list[str]) -> Suite:
    """The suite for `tests/run.py -- ARGUMENTS`: the window suite's conditions if a path of it is named."""
    paths = [argument.split("::")[0] for argument in arguments]
    silent = any(path.startswith(GUI_FOLDERS) for path in paths)
    return Suite("chosen", tuple(arguments), silent, {"QT_QPA_PLATFORM": "xcb"})


def settings_of(suite: Suite) -> dict[str, str]:
    """Variables of a suite: a silent one may not write, and is guarded."""
    return suite.settings | ({NO_WRITES: "1", GUARDED: "1"} if suite.silent else {})


def run(suite: Suite, env: dict[str, str]) -> Result:
    """Runs a suite in `env`, passes its output on and keeps its pictures in build/pictures."""
    inbox = pictures.Inbox(ROOT / "build" / "pictures")
    settings = settings_of(suite) | {pictures.PIPE: str(inbox.writable)}
    print(f"── {suite.name}", flush=True)
    process = subprocess.Popen(
        suite.command(),
        cwd=ROOT,
        env=env | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[inbox.writable],
    )
    try:
        counts = _pass_on(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()
        inbox.close()
    return Result(process.returncode, counts)


def _pass_on(process: subprocess.Popen[bytes]) -> Counter[str]:
    assert process.stdout is not None
    closing = ""
    for line in process.stdout:
        text = line.decode("utf-8", "replace")
        closing = text if CLOSING.match(text.rstrip()) else closing
        os.write(sys.stdout.fileno(), line)
    process.stdout.close()
    process.wait()
    return Counter({word: int(number) for number, word in COUNT.findall(closing)})


def verdict(results: list[Result]) -> tuple[int, str]:
    """The exit code and the closing line over all suites; a process that crashed is one error."""
    total = sum((result.counts for result in results), Counter[str]())
    broken = [result for result in results if result.code not in (0, NOTHING_COLLECTED)]
    total["error"] += sum(1 for result in broken if not (result.counts["failed"] or result.counts["error"]))
    line = f"{total['passed']} passed, {total['failed']} failed"
    line += "".join(
        f", {total[word]} {plural}"
        for word, plural in (("error", "errors"), ("skipped", "skipped"))
        if total[word]
    )
    ran = total["passed"] + total["failed"] + total["error"]
    return (1 if broken or not ran else 0), line
