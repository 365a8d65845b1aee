"""A start that others prepared begins anew, isolated and without what they prepared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leaddesk.guard.clean import _cleaned, again

MAIN = """
import os, sys
from leaddesk.guard.clean import begin_clean
begin_clean()
print(sys.flags.isolated, "foreign" in sys.modules, ",".join(sys.argv[1:]), *sorted(os.environ))
"""
VALUES = {"PYTHONWARNINGS": "default", "PYTHONINSPECT": "1"}
PREPARED = [
    *("PYTHONPATH", "PYTHONUSERBASE", "PYTHONINSPECT", "PYTHONASYNCIODEBUG", "PYTHONPERFSUPPORT"),
    *("PYTHONPYCACHEPREFIX", "PYTHONWARNINGS", "LD_PRELOAD", "LD_AUDIT", "LD_DEBUG_OUTPUT"),
    *("GLIBC_TUNABLES", "GCONV_PATH", "MALLOC_TRACE"),
]


def ran(folder: Path, **variables: str) -> list[str]:
    (folder / "begins.py").write_text(MAIN)
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-B", str(folder / "begins.py"), "--flag"]
    done = subprocess.run(
        command, env=environment | variables, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


def test_an_ordinary_start_goes_on(tmp_path: Path) -> None:
    assert ran(tmp_path, PYTHONUNBUFFERED="1", QT_SCALE_FACTOR="2")[:3] == ["0", "False", "--flag"]


@pytest.mark.parametrize("name", PREPARED)
def test_a_prepared_start_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['foreign'] = sys\n")
    isolated, foreign, argument, *left = ran(tmp_path, **{name: VALUES.get(name, str(tmp_path))})
    assert (isolated, foreign, argument) == ("1", "False", "--flag")
    assert name not in left


def test_of_the_libraries_folders_only_those_of_python_stay() -> None:
    given = {"LD_LIBRARY_PATH": "/evil:/usr/lib/python", "HOME": "/h"}
    ours = {"LD_LIBRARY_PATH": "/usr/lib/python", "HOME": "/h"}
    assert _cleaned(given, frozenset({"/usr/lib/python"})) == ours
    assert _cleaned(given, frozenset()) == {"HOME": "/h"}


def test_the_command_line_stays() -> None:
    words = ["-B", "-m", "leaddesk", "--theme", "dark"]
    assert again(["python", *words]) == [sys.executable, "-I", *words]


def test_a_bundle_is_its_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert again(["/usr/bin/leaddesk", "--theme", "dark"]) == ["/usr/bin/leaddesk", "--theme", "dark"]
    assert _cleaned({"PYTHONPATH": "/x", "LD_PRELOAD": "/y"}, frozenset()) == {"PYTHONPATH": "/x"}


def test_the_current_folder_is_no_place_to_import_from(tmp_path: Path) -> None:
    (tmp_path / "ctypes.py").write_text("print('foreign')")
    (tmp_path / "resource.py").write_text("print('foreign')")
    command = [sys.executable, "-B", "-m", "leaddesk", "--server", "nonsense"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "foreign" not in done.stdout, done.stdout
