"""Starting programs on a private display and reading from a pipe when they stood on the screen."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from leaddesk.demo.child import DemoPerson
from tests.support.desktop import private_desktop

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
BARE = ("benchmarks.programs.bare_window",)


class NothingSeen(RuntimeError):
    """A program ended or showed nothing in time."""


@contextlib.contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """Yield the environment of a private desktop; what lies in the checkout is compiled, as after a setup."""
    for folder in ("src", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    with private_desktop() as env:
        yield env


def seconds_until(word: str, env: Mapping[str, str], *module: str) -> float:
    """Return the seconds from spawning ``python -B -m module`` until ``word`` (see ``programs.watched``)."""
    readable, writable = os.pipe()
    command = [sys.executable, "-B", "-m", "benchmarks.programs.watched", str(writable), word, *module]
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, cwd=ROOT, pass_fds=[writable], stderr=subprocess.DEVNULL)
    os.close(writable)
    try:
        return _read(readable) - began
    finally:
        process.terminate()
        process.wait()


def _read(readable: int) -> float:
    with os.fdopen(readable) as pipe:
        ready, _, _ = select.select([pipe], [], [], PATIENCE)
        line = pipe.readline() if ready else ""
    if not line:
        raise NothingSeen
    return float(line)


def leave_token(env: Mapping[str, str], url: str, person: DemoPerson) -> None:
    """Sign a person in once, so that the keyring of this desktop has a token. Raises CalledProcessError."""
    said = {"url": url, "email": person.email, "password": person.password.reveal()}
    command = [sys.executable, "-B", "-m", "benchmarks.programs.signed_in"]
    subprocess.run(command, env=env, cwd=ROOT, input=json.dumps(said).encode() + b"\n", check=True)


def seconds_from_sign_in(env: Mapping[str, str], url: str, person: DemoPerson, way: str) -> float:
    """Return the seconds from a press at the sign-in page to the first rows. Raises CalledProcessError."""
    said = {"url": url, "email": person.email, "password": person.password.reveal(), "way": way}
    command = [sys.executable, "-B", "-m", "benchmarks.programs.signing_in"]
    line = json.dumps(said).encode() + b"\n"
    told = subprocess.run(command, env=env, cwd=ROOT, input=line, stdout=subprocess.PIPE, check=True).stdout
    return float(json.loads(told.splitlines()[-1]))
