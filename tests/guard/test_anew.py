"""A process begins anew over itself: guarded as before, with what was handed over, and nothing else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest import TempPathFactory as Folders

from leaddesk.guard.anew import beginning as anew
from leaddesk.guard.anew import carrying

PROGRAM = """
import json, os, pathlib, socket, sys
sys.path[:0] = {paths!r}
from leaddesk.guard.anew import beginning as anew
from leaddesk.guard.entering import begin, held

here = pathlib.Path({folder!r})
if anew.ARGUMENT not in sys.orig_argv:
    begin()
    secret = "".join(["Anna", " ", "Meyer"]) * 1000
    extra = os.open("/dev/zero", os.O_RDONLY)
    os.set_inheritable(extra, True)
    display, other, (_, brake) = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX), os.pipe()
    display.connect(sys.argv[1] + ".X11-unix/X7")
    other.connect(sys.argv[1] + "elsewhere")
    held_open = {{"display": display.fileno(), "other": other.fileno(), "brake": brake}}
    print(json.dumps({{"process": os.getpid(), "pipes": held().opener.pipes, **held_open}}), flush=True)
    anew.begin_anew("what was kept – 🙂", (brake,))
carried = anew.go_on(int(sys.argv[-1]))
text, lines = (carried.text, carried.lines) if carried is not None else (None, ())
hold = held()
def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
def writes():
    try:
        os.open(here / "file", os.O_WRONLY | os.O_CREAT)
    except OSError as refusal:
        return type(refusal).__name__
    return "written"
from leaddesk.guard.probing import attributes_refused, files_refused
said = {{
    "process": os.getpid(), "text": text, "pipes": hold.opener.pipes, "landlock": hold.landlock,
    "writes": writes(), "kernel": files_refused([str(here)]), "attributes": attributes_refused(),
    "open": [os.path.realpath(entry) for entry in pathlib.Path("/proc/self/fd").iterdir()],
    "passed on": [os.get_inheritable(pipe) for pipe in (*hold.opener.pipes, *lines)],
    "lines": lines, "there": [number for number in range(3, 64) if is_open(number)],
    "asked": hold.opener.ask("https://example.com/") and hold.opener.answer() in (True, False),
}}
print(json.dumps(said), flush=True)
"""


def run(folder: str, *arguments: str) -> list[dict[str, object]]:
    program = PROGRAM.format(paths=sys.path, folder=folder)
    with display_at(folder) as place:
        command = [sys.executable, "-B", "-c", program, place, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def display_at(folder: str) -> Iterator[str]:
    """Something that listens where an X server does, and something else; in names without files."""
    with socket.socket(socket.AF_UNIX) as display, socket.socket(socket.AF_UNIX) as other:
        place = f"{folder}/"
        (Path(folder) / ".X11-unix").mkdir(exist_ok=True)
        for end, name in ((display, ".X11-unix/X7"), (other, "elsewhere")):
            end.bind(place + name)
            end.listen()
        yield place


def test_the_same_process_goes_on_guarded_with_what_was_handed_over(tmp_path_factory: Folders) -> None:
    before, after = run(str(tmp_path_factory.mktemp("anew")))
    assert after["process"] == before["process"]
    assert after["text"] == "what was kept – 🙂"
    assert after["writes"] == "WriteRefused" and after["kernel"] and after["attributes"]
    assert after["pipes"] == before["pipes"] and after["asked"] and after["passed on"] == [False] * 3
    assert not [name for name in after["open"] if "zero" in name or "memfd" in name]  # type: ignore[attr-defined]


def test_the_line_to_the_display_stays_open_and_a_brake_is_let_go(tmp_path_factory: Folders) -> None:
    before, after = run(str(tmp_path_factory.mktemp("anew")))
    assert after["lines"] == [before["display"]]
    there: Any = after["there"]
    assert before["display"] in there and before["other"] not in there and before["brake"] not in there


PLACES = [
    ({}, "/tmp/.X11-unix/X0", True),
    ({}, b"\0/tmp/.X11-unix/X0", True),
    ({"DISPLAY": "far.example:10.0"}, ("10.0.0.7", 6010), True),
    ({"DISPLAY": "far.example:10"}, ("10.0.0.7", 443), False),
    ({"DISPLAY": ":0"}, ("10.0.0.7", 6000), False),
    ({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/wayland-0", True),
    ({"WAYLAND_DISPLAY": "/run/w", "XDG_RUNTIME_DIR": "/run/user/7"}, "/run/w", True),
    ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/wayland-0", True),
    ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/bus", False),
    ({}, "", False),
    ({}, None, False),
]


@pytest.mark.parametrize(("environment", "end", "is_display"), PLACES)
def test_only_the_display_counts(environment: dict[str, str], end: object, is_display: bool) -> None:
    assert carrying._is_display(end, environment) is is_display


def test_what_cannot_be_executed_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, brake = os.pipe()
    before = set(carrying.open_descriptors())
    monkeypatch.setattr(sys, "executable", "/nowhere/leaddesk")
    with pytest.raises(FileNotFoundError):
        anew.begin_anew("text", (brake,))
    assert not os.get_inheritable(brake) and set(carrying.open_descriptors()) == before
    for pipe in (ours, brake):
        os.close(pipe)


def test_who_types_the_argument_by_hand_is_guarded_like_anybody(tmp_path_factory: Folders) -> None:
    (after,) = run(str(tmp_path_factory.mktemp("anew")), anew.ARGUMENT, "0")
    assert after["text"] is None
    assert after["writes"] == "WriteRefused" and after["kernel"] and after["attributes"]


LIE = """
import json, os, sys
place = os.memfd_create("leaddesk", 0)
guard = {"pipes": [], "landlock": 9, "seccomp": True, "alone": True}
os.write(place, json.dumps({"guard": guard, "text": "x", "lines": [], "brakes": []}).encode())
os.execv(sys.executable, [sys.executable, "-B", "-c", sys.argv[1], "--anew", str(place)])
"""


def test_who_says_that_the_guard_is_there_is_not_believed(tmp_path_factory: Folders) -> None:
    program = PROGRAM.format(paths=sys.path, folder=str(tmp_path_factory.mktemp("anew")))
    command = [sys.executable, "-B", "-c", LIE, program]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    after = json.loads(done.stdout)
    assert after["text"] == "x" and after["kernel"] and after["attributes"]


def test_the_command_line_is_the_one_of_before() -> None:
    before = ["python", "-I", "-m", "leaddesk", "--server", "https://leads.example"]
    once = anew.command(before, 7)
    assert once == [sys.executable, *before[1:], anew.ARGUMENT, "7"]
    assert anew.command(once, 8) == [sys.executable, *before[1:], anew.ARGUMENT, "8"]


def test_linux_can() -> None:
    assert anew.possible() == (sys.platform == "linux" and hasattr(os, "memfd_create"))
