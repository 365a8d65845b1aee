"""The one list of Debian packages covers what Qt is linked against and what the tests start."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tests.house.tree import ROOT, TESTS, Module, calls, modules

LIST = ROOT / "packaging" / "linux" / "apt-packages.txt"
STARTERS = {"run", "Popen", "check_call", "check_output", "create_subprocess_exec", "_start"}
EVERYWHERE = {
    "git",
    "sleep",
    "sh",
    "ldd",
    "dpkg-query",
    "cat",
    "kill",
    "true",
}  # essential Debian, git, libc-bin
COMES_WITH = {"dbus-send": "dbus-daemon"}
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


def started(module: Module) -> Iterator[str]:
    """Names of programs a module starts: the first word of a literal command."""
    for call, name in calls(module.tree):
        if name in STARTERS and call.args:
            first = (
                call.args[0].elts[0]
                if isinstance(call.args[0], ast.List) and call.args[0].elts
                else call.args[0]
            )
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.List)
            and ast.unparse(node.targets[0]) in ("command", "query")
        ):
            first = node.value.elts[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_program_the_tests_start_is_on_the_list() -> None:
    listed = {package.probe.removeprefix("prog:") for package in tool().read(LIST)}
    programs = {name for module in modules(TESTS) for name in started(module)}
    assert {COMES_WITH.get(name, name) for name in programs - EVERYWHERE} - listed == set()
    assert {"Xvfb", "dbus-daemon", "gnome-keyring-daemon"} <= programs


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
