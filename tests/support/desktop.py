"""A private desktop for tests: fresh home, own X display, own session bus, own unlocked keyring.

Everything it starts is ended by its process id, together with whatever those programs left
behind: the owner reaps its descendants, so that nothing can outlive it unseen. What the owner had
started before is left alone, with all below it. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None)
SCREEN = "1600x1000x24"
KEYRING_PASSWORD = b"test"  # an empty one leaves gnome-keyring without a login collection
KEPT = (
    "STORAGE_OF_TESTS",
    "UPDATE_PICTURES",
    "PATH",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "HYPOTHESIS_PROFILE",
    "CI",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


class DesktopFailed(RuntimeError):
    """A program of the private desktop did not come up; the message names it."""


def fresh_environment(home: Path) -> dict[str, str]:
    """Home, XDG and temporary folders below `home`, UTC, UTF-8, and nothing of the caller's desktop."""
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    places = {
        "HOME": home / "home",
        "XDG_CONFIG_HOME": home / "home" / ".config",
        "XDG_DATA_HOME": home / "home" / ".local" / "share",
        "XDG_STATE_HOME": home / "home" / ".local" / "state",
        "XDG_CACHE_HOME": home / "home" / ".cache",
        "XDG_RUNTIME_DIR": home / "run",
        "TMPDIR": home / "tmp",
    }
    for place in places.values():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept | {key: str(place) for key, place in places.items()} | {"LANG": "C.UTF-8", "TZ": "UTC"}


@contextlib.contextmanager
def private_desktop() -> Iterator[dict[str, str]]:
    """The environment in which a program finds the private desktop. Raises DesktopFailed."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    others = frozenset(descendants(os.getpid()))
    home = Path(tempfile.mkdtemp(prefix="leaddesk-test-"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        env = fresh_environment(home)
        env["DISPLAY"] = _start_display(env, started)
        env["DBUS_SESSION_BUS_ADDRESS"] = _start_bus(env, started)
        _start_keyring(env, started)
        yield env
    finally:
        _end(started, others)
        shutil.rmtree(home, ignore_errors=True)


def _start(command: list[str], env: dict[str, str], **more: Any) -> subprocess.Popen[bytes]:
    """A program in a group of its own that ends with the runner even if the runner is killed."""
    more = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | more
    more["preexec_fn"] = _end_with_parent  # no threads yet when the desktop is set up
    process = subprocess.Popen(command, env=env, start_new_session=True, **more)
    return cast("subprocess.Popen[bytes]", process)


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _start_display(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> str:
    readable, writable = os.pipe()
    options = [
        "-displayfd",
        str(writable),
        "-screen",
        "0",
        SCREEN,
        "-nolisten",
        "tcp",
        "-noreset",
        "-dpi",
        "96",
    ]
    started.append(_start(["Xvfb", *options], env, pass_fds=[writable]))
    os.close(writable)
    with os.fdopen(readable) as answer:
        number = answer.readline().strip()
    if not number:
        raise DesktopFailed("Xvfb")
    return f":{number}"


def _start_bus(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> str:
    command = ["dbus-daemon", "--session", "--nofork", "--nosyslog", "--print-address=1"]
    bus = _start(command, env, stdout=subprocess.PIPE)
    started.append(bus)
    assert bus.stdout is not None
    address = bus.stdout.readline().decode().strip()
    if not address:
        raise DesktopFailed("dbus-daemon")
    return address


def _start_keyring(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> None:
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    keyring = _start(command, env, stdin=subprocess.PIPE)
    started.append(keyring)
    assert keyring.stdin is not None
    keyring.stdin.write(KEYRING_PASSWORD)
    keyring.stdin.close()
    _await_name(env, "org.freedesktop.secrets")


def _await_name(env: dict[str, str], name: str, patience: float = 60.0, *, owned: bool = True) -> None:
    query = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        command = [*query, "org.freedesktop.DBus.NameHasOwner", f"string:{name}"]
        answer = subprocess.run(command, env=env, capture_output=True, check=False).stdout
        if (b"true" if owned else b"false") in answer:
            return
        time.sleep(0.02)
    raise DesktopFailed(name)


def _end(started: list[subprocess.Popen[bytes]], others: frozenset[int]) -> None:
    """Ends the programs in reverse order, then every descendant that came since and is still there."""
    for process in reversed(started):
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()
    for attempt in range(20):
        leftover = descendants(os.getpid(), others)
        if not leftover:
            return
        for pid in leftover:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM if attempt == 0 else signal.SIGKILL)
        time.sleep(0.05)
        _reap(leftover)


def _reap(ended: list[int]) -> None:
    """Takes in the ends of these alone: the owner may be waiting for another child's."""
    for pid in ended:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def descendants(pid: int, but: frozenset[int] = frozenset()) -> list[int]:
    """All processes below `pid`, deepest last, as /proc lists them; `but` some and all below those."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in set(map(int, task.read_text().split())) - but:
                found += [child, *descendants(child, but)]
    return found
