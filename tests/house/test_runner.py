"""The outer runner adds up its processes, keeps their pictures and leaves nothing running."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support import pictures, suites


def result(code: int, **counts: int) -> suites.Result:
    return suites.Result(code, Counter(counts))


def test_the_closing_line_is_the_sum_over_all_processes() -> None:
    code, line = suites.verdict([result(0, passed=3), result(1, passed=2, failed=1, error=2)])
    assert (code, line) == (1, "5 passed, 1 failed, 2 errors")


def test_what_failed_is_said_once_more_at_the_end(tmp_path: Path) -> None:
    test = "def test_it(): assert False"
    results = suites.run([suites.Suite("bad", (_written(tmp_path, test),))], [dict(os.environ)])
    assert "FAILED" in suites.verdict(results)[1].split("\n")[0]
    assert suites.verdict(results)[1].split("\n")[1:] == ["0 passed, 1 failed"]


def test_a_process_that_dies_after_its_tests_is_named(tmp_path: Path) -> None:
    test = "import atexit, os\ndef test_it(): atexit.register(os._exit, 3)"
    results = suites.run([suites.Suite("bad", (_written(tmp_path, test),))], [dict(os.environ)])
    assert suites.verdict(results) == (1, "ERROR bad ended with exit code 3\n1 passed, 0 failed, 1 errors")


def _written(folder: Path, test: str) -> str:
    (folder / "test_written.py").write_text(test)
    return str(folder / "test_written.py")


def test_a_crash_without_a_closing_line_is_an_error() -> None:
    assert suites.verdict([result(0, passed=3), result(-11)]) == (1, "3 passed, 0 failed, 1 errors")


def test_no_test_at_all_is_no_success() -> None:
    assert suites.verdict([result(5)]) == (1, "0 passed, 0 failed")


def test_one_empty_process_among_others_is_fine() -> None:
    assert suites.verdict([result(5), result(0, passed=1)]) == (0, "1 passed, 0 failed")


@pytest.mark.parametrize("path", ["tests/ui/leads", "tests/ui/test_day.py::test_x"])
def test_chosen_window_tests_run_silently(path: str) -> None:
    command = suites.chosen([path, "-k", "x"]).command()
    assert "-B" in command and "no:tmpdir" in command


def test_chosen_headless_tests_keep_their_temporary_folders() -> None:
    assert "no:tmpdir" not in suites.chosen(["tests/desk"]).command()


def test_suites_of_a_group_are_told_one_after_the_other(capfd: pytest.CaptureFixture[str]) -> None:
    group = [suites.Suite("good", ("--version",)), suites.Suite("bad", ("--no-such-option",))]
    assert [one.code for one in suites.run(group, [dict(os.environ)] * 2)] == [0, 4]
    said = capfd.readouterr().out
    assert (
        said.index("── good") < said.index("pytest 9") < said.index("── bad") < said.index("no-such-option")
    )


def test_no_test_is_left_out_of_the_groups_and_none_runs_twice() -> None:
    counted: Counter[str] = Counter()
    for suite in (one for group in suites.groups() for one in group):
        counted.update(_files(suite.arguments))
    everything = {str(path) for path in Path("tests").rglob("test_*.py")}
    assert counted == Counter(everything)


def _files(arguments: tuple[str, ...]) -> set[str]:
    left_out = [Path(one.partition("=")[2]) for one in arguments if one.startswith("--ignore=")]
    roots = [Path(one) for one in arguments if one.startswith("tests")]
    found = {path for root in roots for path in ([root] if root.is_file() else root.rglob("test_*.py"))}
    return {str(path) for path in found if not any(path.is_relative_to(folder) for folder in left_out)}


def test_pictures_survive_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = pictures.Inbox(tmp_path)
    monkeypatch.setenv(pictures.PIPE, str(inbox.writable))
    pictures.send_bytes("leads/light", b"first")
    pictures.send_bytes("../outside", b"refused")
    pictures.send_bytes("leads/dark", b"x" * 300_000)
    inbox.close()
    assert inbox.names == ["leads/light", "leads/dark"]
    assert (tmp_path / "leads" / "dark.png").stat().st_size == 300_000


def test_a_frame_cut_short_is_dropped() -> None:
    stream = io.BytesIO((24).to_bytes(4, "big") + b'{"name": "a", "size": 9}' + b"short")
    assert list(pictures.frames(stream)) == []


def test_a_picture_is_sent_as_png(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    inbox = pictures.Inbox(tmp_path)
    monkeypatch.setenv(pictures.PIPE, str(inbox.writable))
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    pictures.send("dot", image)
    inbox.close()
    assert (tmp_path / "dot.png").read_bytes().startswith(b"\x89PNG")


DESKTOP = """
import json, os, subprocess, sys
from tests.support.desktop import descendants, private_desktop
with private_desktop() as env:
    subprocess.Popen(["sleep", "60"], start_new_session=True)
    subprocess.run(["xdotool", "getdisplaygeometry"], env=env, check=True)
    home = env["HOME"]
print(json.dumps([descendants(os.getpid()), os.path.exists(home)]))
"""


EARLIER = """
import os, subprocess, time
from tests.support.desktop import descendants, private_desktop
earlier = subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True)
quick = subprocess.Popen(["sh", "-c", "exit 7"])
while len(descendants(earlier.pid)) < 1:
    time.sleep(0.01)
with private_desktop():
    later = subprocess.Popen(["sleep", "60"])
print(earlier.poll(), len(descendants(earlier.pid)), quick.wait(), os.path.exists(f"/proc/{later.pid}"))
os.killpg(earlier.pid, 9)
earlier.wait()
"""


def test_the_private_desktop_leaves_alone_what_was_started_before() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLIER], cwd=suites.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "None 1 7 False\n"


def test_the_private_desktop_leaves_no_no_process_and_no_folder() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DESKTOP], cwd=suites.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["1600 1000", "[[], false]"]
