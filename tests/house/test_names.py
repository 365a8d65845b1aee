"""Rooms have telling names and a brass plate that agrees with the floors."""

from __future__ import annotations

import ast
import re
from pathlib import PurePath

import pytest

from tests.house.tree import SRC, Module, imported, modules, project

NAMELESS = {"util", "utils", "common", "helper", "helpers", "misc", "stuff", "tools"}
ON_ONE_LINE = {"wiring", "demo", "doctor"}  # the demo starts the client that wiring builds
PLATES = [module for module in modules() if module.path.endswith("__init__.py") and module.name != "leaddesk"]


def floors() -> list[list[str]]:
    """The floors from the top down, as the import contract in pyproject.toml lists them."""
    contracts = project()["tool"]["importlinter"]["contracts"]  # type: ignore[index]
    layers = next(part["layers"] for part in contracts if part["id"] == "floors")
    return [re.findall(r"\w+", layer) for layer in layers]


def above_or_beside(floor: str) -> set[str]:
    """All floors a floor must not import."""
    rank = next(index for index, names in enumerate(floors()) if floor in names)
    above = {name for names in floors()[:rank] for name in names}
    return above | (set() if floor in ON_ONE_LINE else set(floors()[rank]) - {floor})


def test_no_room_is_called_nothing() -> None:
    parts = {part for module in modules() for part in PurePath(module.path).with_suffix("").parts}
    assert parts & NAMELESS == set()


def test_every_folder_with_code_has_a_plate() -> None:
    folders = {path.parent for path in SRC.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("module", PLATES, ids=lambda module: module.name)
def test_a_plate_has_three_lines_and_no_code(module: Module) -> None:
    plate = ast.get_docstring(module.tree, clean=False) or ""
    lines = plate.splitlines()
    assert len(module.tree.body) == 1
    assert len(lines) == 3
    assert lines[1].startswith("May import")
    assert lines[2].startswith("Must not know")


@pytest.mark.parametrize(
    "module", [plate for plate in PLATES if plate.name.count(".") == 1], ids=lambda module: module.name
)
def test_a_floor_says_what_it_imports_and_nothing_above(module: Module) -> None:
    floor = module.name.removeprefix("leaddesk.")
    may = (ast.get_docstring(module.tree) or "").splitlines()[1].lower()
    used = {
        name.split(".")[1]
        for part in modules()
        if part.is_below(module.name)
        for name in leaddesk_imports(part)
    }
    known = {name for names in floors() for name in names}
    names_all = re.search(r"every floor|everything below", may) is not None
    assert names_all or {name for name in used & known - {floor} if name not in may} == set()
    assert {name for name in above_or_beside(floor) if re.search(rf"\b{name}\b", may)} == set()


def leaddesk_imports(module: Module) -> set[str]:
    return {name for _, name in imported(module.tree) if name.startswith("leaddesk.")}
