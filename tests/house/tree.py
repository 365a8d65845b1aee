"""The repository as the house tests read it: its files, and src as parsed modules."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src" / "leaddesk"
TESTS = ROOT / "tests"


@dataclass(frozen=True)
class Module:
    """One Python file: path from the root of the repository, dotted name (src only), text and tree."""

    path: str
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The text parsed, when it is first asked for: all trees together take seconds and much memory."""
        return ast.parse(self.text)

    def is_below(self, *packages: str) -> bool:
        """True if the module is one of the packages (`leaddesk.ui.kit`) or lives in one."""
        return any(self.name == package or self.name.startswith(f"{package}.") for package in packages)


@cache
def modules(folder: Path = SRC) -> tuple[Module, ...]:
    """All Python files below a folder, in order."""
    return tuple(_module(path) for path in sorted(folder.rglob("*.py")))


def _module(path: Path) -> Module:
    inside = path.relative_to(ROOT / "src") if path.is_relative_to(SRC) else path.relative_to(ROOT)
    dotted = ".".join(part for part in inside.with_suffix("").parts if part != "__init__")
    return Module(str(path.relative_to(ROOT)), dotted, path.read_text("utf-8"))


@cache
def tracked() -> tuple[str, ...]:
    """Paths of all files git tracks or would track, from the root of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(path for path in set(listed) if path and (ROOT / path).is_file()))


@cache
def project() -> dict[str, dict[str, object]]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the called name: `a.b.open(...)` gives `open`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield node, getattr(function, "attr", getattr(function, "id", ""))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported module or name, dotted, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
