"""The one list of Debian packages covers what Qt is linked against and what the tests start."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.starts import OURSELVES, UNREADABLE, Reader, may_start
from tests.house.tree import ROOT, SRC, TESTS, Module, modules

LIST = ROOT / "packaging" / "linux" / "apt-packages.txt"
EVERYWHERE = {
    "git",
    "sleep",
    "sh",
    "ldd",
    "dpkg-query",
    "cat",
    "kill",
    "rm",
    "true",
}  # essential Debian, git, libc-bin
UNPACKED = {"clamd", "chromedriver", "node", "wine64", "sway", "grim", "wl-paste"}
"""The tools/*.sh of their own targets see to them."""
COMES_WITH = {
    **dict.fromkeys(("dbus-send", "dbus-monitor"), "dbus-daemon"),
    **dict.fromkeys(("postgres", "pg_basebackup", "pg_dump", "pg_restore", "pgbench"), "initdb"),
}
DESKTOPS_OWN = {"src/leaddesk/guard/links/outside.py"}
"""Starts whatever the desktop opens links with, where it finds it; where there is none the link is copied."""
REFUSED = {"tests/guarantees/previews/captured.py"}
"""Tries to start what is nowhere, in a cell that lets nothing be started."""
BASE = {"libc6", "libgcc-s1", "zlib1g", "libstdc++6"}


def tool() -> ModuleType:
    """tools/system_packages.py, which is no package."""
    spec = importlib.util.spec_from_file_location("system_packages", ROOT / "tools" / "system_packages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_everything_on_the_list_is_recognised_here() -> None:
    if sys.platform.startswith("linux"):
        makes_venv = "module:"  # asked of the Python outside, not of .venv's
        here = [one for one in tool().read(LIST) if not one.probe.startswith(makes_venv)]
        assert [package.name for package in here if not tool().is_present(package)] == []


def started(*folders: Path) -> dict[str, set[str]]:
    """The programs each file below some folders starts; a helper's callers in other files count too."""
    found = [module for folder in folders for module in modules(folder)]
    helpers: set[str] = set()
    for module in (one for one in found if may_start(one.text)):
        reader = Reader(module)
        reader.programs()
        helpers |= {f"{Path(module.path).stem}.{name}" for name in reader.helpers()}
    starting = [module for module in found if may_start(module.text, helpers)]
    return {module.path: Reader(module, helpers).programs() for module in starting}


def test_every_program_we_start_is_on_the_list() -> None:
    listed = (
        {package.probe.removeprefix("prog:") for package in tool().read(LIST)}
        | EVERYWHERE
        | UNPACKED
        | {OURSELVES}
    )
    here = started(TESTS, SRC, ROOT / "benchmarks")
    named = {path: {COMES_WITH.get(name, name) for name in names} - listed for path, names in here.items()}
    for path in DESKTOPS_OWN | REFUSED:
        named[path] -= {UNREADABLE}
    named["src/leaddesk/settings/proxies/macos.py"] -= {"scutil"}  # a part of macOS, started there alone
    assert {path: names for path, names in named.items() if names} == {}
    everything = set().union(*here.values())
    assert {"Xvfb", "dbus-daemon", "gnome-keyring-daemon", "xdotool", "setxkbmap", "strace"} <= everything


@pytest.mark.parametrize(
    "written",
    [
        'subprocess.run(["gimp", "-n"])',
        'subprocess.Popen("gimp --new", shell=True)',
        'from subprocess import check_output as ask\nask(["gimp"])',
        'await asyncio.create_subprocess_exec("gimp", *options)',
        'await asyncio.create_subprocess_exec(*["gimp", "-n"])',
        'os.execvp("gimp", ["gimp"])',
        'words = ["gimp", "-n"]\nos.posix_spawn(words[0], words, {})',
        'words = ["/usr/bin/gimp", "-n"]\nsubprocess.run(words)',
        'def start(command, env):\n    subprocess.Popen(command, env=env)\nstart(["gimp"], {})',
        "class A:\n  async def go(self, *words):\n    await asyncio.create_subprocess_exec(*words)\n"
        '  async def run(self):\n    await self.go("gimp", "-n")',
        'def command():\n    return ["gimp"]\nsubprocess.run(command())',
        'subprocess.run(["gimp"] + options if new else ["true"])',
    ],
)
def test_a_planted_program_is_found_however_it_is_started(written: str) -> None:
    assert "gimp" in Reader(Module("planted.py", "planted", written)).programs()


def test_a_start_nobody_can_read_counts_as_unlisted() -> None:
    written = "subprocess.run(choose_one()[0])"
    assert Reader(Module("planted.py", "planted", written)).programs() == {UNREADABLE}


def qt_libraries() -> set[str]:
    """Paths of the system libraries behind the xcb plugin, QtWidgets and QtSvg, as the loader finds them."""
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    parts = [
        folder / "Qt/plugins/platforms/libqxcb.so",
        folder / "QtWidgets.abi3.so",
        folder / "QtSvg.abi3.so",
    ]
    output = "".join(
        subprocess.run(["ldd", str(part)], capture_output=True, text=True, check=True).stdout
        for part in parts
    )
    assert "not found" not in output
    return {path for path in re.findall(r"=> (/\S+)", output) if str(folder.parent) not in path}


def owners(libraries: set[str]) -> set[str]:
    """Debian packages of the libraries; /lib may be a link to /usr/lib, so both spellings are asked for."""
    spellings = {str(name) for path in libraries for name in (Path(path), Path(path).resolve())}
    spellings |= {name.removeprefix("/usr") for name in spellings}
    output = subprocess.run(
        ["dpkg-query", "-S", *sorted(spellings)], capture_output=True, text=True, check=False
    ).stdout
    return {line.split(":")[0] for line in output.splitlines() if line.startswith("lib")}


def package_names(relation: str) -> set[str]:
    """The names in a field such as `libc6 (>= 2.34), default-dbus | dbus-bus`."""
    return {word for part in re.split("[,|]", relation) if (word := part.strip().split(" ")[0].split(":")[0])}


def with_dependencies(names: set[str]) -> set[str]:
    """The packages and everything they depend on, as the package database says."""
    form = "-f=${Package}\t${Pre-Depends},${Depends}\t${Provides}\n"
    output = subprocess.run(["dpkg-query", "-W", form], capture_output=True, text=True, check=True).stdout
    depends: dict[str, set[str]] = {}
    for name, wanted, provided in (line.split("\t") for line in output.splitlines()):
        depends.setdefault(name, set()).update(package_names(wanted))
        for virtual in package_names(provided):
            depends.setdefault(virtual, set()).add(name)
    reached, waiting = set(), set(names)
    while waiting:
        reached.add(name := waiting.pop())
        waiting |= depends.get(name, set()) - reached
    return reached


def test_every_library_behind_qt_comes_with_the_list() -> None:
    if shutil.which("dpkg-query") is None:
        return  # not a Debian: there the probes of the list are what counts
    listed = {package.name for package in tool().read(LIST)}
    needed = owners(qt_libraries())
    assert "libxcb-cursor0" in needed
    assert needed - with_dependencies(listed | BASE) == set()
