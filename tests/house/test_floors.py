"""The floors hold: import contracts, a light front door, one way in to the server."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from tests.house.tree import ROOT, SRC, imported, modules, project

HEAVY = (
    "httpx",
    "pydantic",
    "keyring",
    "msgspec",
    "leaddesk.server",
    "leaddesk.demo",
    "starlette",
    "uvicorn",
    "argon2",
)
MAY_KNOW_THE_SERVER = ("leaddesk.server", "leaddesk.demo", "leaddesk.__main__")
FLOORS_WITHOUT_QT = ("desk", "session", "store", "api", "contract", "guard", "settings", "personal", "server")


def contracts() -> list[dict[str, object]]:
    return project()["tool"]["importlinter"]["contracts"]  # type: ignore[index, no-any-return]


def test_the_import_contracts_are_kept() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as lint; lint()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_the_house_has_the_floors_of_its_plan() -> None:
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "floors")
    known = str(layers)
    assert [
        path.stem for path in SRC.iterdir() if (path / "__init__.py").exists() and path.name not in known
    ] == []


def test_no_client_room_knows_the_server() -> None:
    client = [module for module in modules() if not module.is_below(*MAY_KNOW_THE_SERVER)]
    wrong = {module.path: name for module in client for _, name in imported(module.tree) if is_server(name)}
    assert wrong == {}


def is_server(name: str) -> bool:
    return f"{name}.".startswith(("leaddesk.server.", "leaddesk.demo."))


def test_the_front_door_reaches_for_server_and_demo_only_inside_a_function() -> None:
    for module in modules():
        if module.name == "leaddesk.__main__":
            at_once = [name for node in module.tree.body for _, name in top_level(node)]
            assert [name for name in at_once if is_server(name)] == []


def top_level(node: ast.stmt) -> list[tuple[int, str]]:
    return list(imported(node)) if isinstance(node, ast.Import | ast.ImportFrom) else []


def loaded(statement: str) -> set[str]:
    """The modules loaded after a statement in a fresh interpreter."""
    code = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "statement",
    ["import leaddesk", *(["import leaddesk.__main__"] if (SRC / "__main__.py").exists() else [])],
)
def test_the_front_door_is_light(statement: str) -> None:
    names = loaded(statement)
    assert [heavy for heavy in HEAVY if heavy in names] == []


@pytest.mark.parametrize(
    "floor", [name for name in FLOORS_WITHOUT_QT if (SRC / name / "__init__.py").exists()]
)
def test_below_the_windows_nothing_loads_qt(floor: str) -> None:
    names = [
        module.name
        for module in modules()
        if module.is_below(f"leaddesk.{floor}") and "__main__" not in module.name
    ]
    found = loaded("import " + ", ".join(names))
    assert {name for name in found if name.split(".")[0] in ("PySide6", "shiboken6", "qasync")} == set()
