"""A process begins anew over itself: guarded as before, with what was handed over, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from pytest import TempPathFactory as Folders

from leaddesk.guard.anew import beginning as anew

PROGRAM = """
import json, os, pathlib, sys
sys.path[:0] = {paths!r}
from leaddesk.guard.anew import beginning as anew
from leaddesk.guard.entering import begin, held

here = pathlib.Path({folder!r})
if anew.ARGUMENT not in sys.orig_argv:
    begin()
    secret = "".join(["Anna", " ", "Meyer"]) * 1000
    extra = os.open("/dev/zero", os.O_RDONLY)
    os.set_inheritable(extra, True)
    print(json.dumps({{"process": os.getpid(), "pipes": held().opener.pipes}}), flush=True)
    anew.begin_anew("what was kept – 🙂")
text = anew.go_on(int(sys.argv[-1]))
hold = held()
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
    "passed on": [os.get_inheritable(pipe) for pipe in hold.opener.pipes],
    "asked": hold.opener.ask("https://example.com/") and hold.opener.answer() in (True, False),
}}
print(json.dumps(said), flush=True)
"""


def run(folder: str, *arguments: str) -> list[dict[str, object]]:
    program = PROGRAM.format(paths=sys.path, folder=folder)
    command = [sys.executable, "-B", "-c", program, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_same_process_goes_on_guarded_with_what_was_handed_over(tmp_path_factory: Folders) -> None:
    before, after = run(str(tmp_path_factory.mktemp("anew")))
    assert after["process"] == before["process"]
    assert after["text"] == "what was kept – 🙂"
    assert after["writes"] == "WriteRefused" and after["kernel"] and after["attributes"]
    assert after["pipes"] == before["pipes"] and after["asked"] and after["passed on"] == [False, False]
    assert not [name for name in after["open"] if "zero" in name or "memfd" in name]  # type: ignore[attr-defined]


def test_who_types_the_argument_by_hand_is_guarded_like_anybody(tmp_path_factory: Folders) -> None:
    (after,) = run(str(tmp_path_factory.mktemp("anew")), anew.ARGUMENT, "0")
    assert after["text"] is None
    assert after["writes"] == "WriteRefused" and after["kernel"] and after["attributes"]


LIE = """
import json, os, sys
place = os.memfd_create("leaddesk", 0)
guard = {"pipes": [], "landlock": 9, "seccomp": True, "alone": True}
os.write(place, json.dumps({"guard": guard, "text": "x"}).encode())
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
