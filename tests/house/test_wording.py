"""German and English are complete, equal in shape, used to the last key; no sentence hides in code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, Module, calls, modules

CATALOGUES = ROOT / "resources" / "i18n"
SHOWING = {
    *("QLabel", "PlainLabel", "QPushButton", "QCheckBox", "QRadioButton", "QAction", "QToolButton"),
    *("setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setStatusTip", "setTitle"),
    *("setAccessibleName", "setAccessibleDescription"),
}
SENTENCE = re.compile(r"[A-Za-zÄÖÜäöüß]{2,} [A-Za-zÄÖÜäöüß]{2,}|[ÄÖÜäöüß]|^[A-Z][a-z]{3,}$")


def catalogue(language: str) -> dict[str, object]:
    """All entries of a language under `feature.key`; fails on a key given twice."""
    entries: dict[str, object] = {}
    for path in sorted((CATALOGUES / language).glob("*.json")):
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=unique)
        entries |= {f"{path.stem}.{key}": value for key, value in pairs.items()}
    return entries


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs), f"a key twice among {[key for key, _ in pairs]}"
    return dict(pairs)


GERMAN, ENGLISH = catalogue("de"), catalogue("en")


def forms(entry: object) -> dict[str, str]:
    return dict(entry) if isinstance(entry, dict) else {"": str(entry)}


def placeholders(entry: object) -> set[str]:
    return {name for form in forms(entry).values() for name in re.findall(r"\{(\w+)", form)}


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(GERMAN) == sorted(ENGLISH)


def test_both_languages_fill_the_same_placeholders() -> None:
    assert {key for key in GERMAN if placeholders(GERMAN[key]) != placeholders(ENGLISH.get(key, ""))} == set()


def test_a_plural_has_exactly_two_forms() -> None:
    entries = [*GERMAN.items(), *ENGLISH.items()]
    assert [key for key, entry in entries if isinstance(entry, dict) and set(entry) != {"one", "other"}] == []


def test_no_entry_is_empty_or_padded() -> None:
    entries = [
        (key, form) for table in (GERMAN, ENGLISH) for key in table for form in forms(table[key]).values()
    ]
    assert [key for key, form in entries if not form or form != form.strip()] == []


def ui_modules() -> list[Module]:
    return [module for module in modules() if not module.is_below("leaddesk.server", "leaddesk.demo")]


def speaking_modules() -> list[Module]:
    """What may look words up: the windows, and the demo's own words in them."""
    return [module for module in modules() if not module.is_below("leaddesk.server")]


def looked_up() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys named in code, and patterns of those put together: f"outcome.{code}" is any key of that shape."""
    features = {path.stem for path in CATALOGUES.glob("*/*.json")}
    literal: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for module in speaking_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literal.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (shape := pattern_of(node)).split("\\.")[0] in features:
                patterns.append(re.compile(shape))
    return literal, patterns


def pattern_of(node: ast.JoinedStr) -> str:
    parts = (
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+" for part in node.values
    )
    return "".join(parts)


def test_every_entry_is_used() -> None:
    literal, patterns = looked_up()
    unused = [
        key for key in GERMAN if key not in literal and not any(shape.fullmatch(key) for shape in patterns)
    ]
    assert unused == []


def test_every_key_in_code_exists() -> None:
    asked = {
        (module.path, call.args[0].value)
        for module in ui_modules()
        for call, name in calls(module.tree)
        if name == "text"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and "." in str(call.args[0].value)
    }
    assert {(path, key) for path, key in asked if key not in GERMAN} == set()


def sentences(module: Module) -> Iterator[str]:
    """Literals of a module that a person would read, as `path:line literal`."""
    for call, name in calls(module.tree):
        if name in SHOWING:
            for part in (constant for argument in call.args for constant in ast.walk(argument)):
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and SENTENCE.search(part.value)
                ):
                    yield f"{module.path}:{call.lineno} {part.value}"


def test_no_sentence_hides_in_the_windows() -> None:
    assert [
        line for module in modules() if module.is_below("leaddesk.ui") for line in sentences(module)
    ] == []


@pytest.mark.parametrize(
    "source", ["label.setText('Bitte warten')", "QPushButton('Löschen')", "PlainLabel(f'{n} offene Leads')"]
)
def test_a_planted_sentence_is_found(source: str) -> None:
    assert list(sentences(Module("planted.py", "leaddesk.ui.planted", source)))


def test_both_folders_hold_the_same_files() -> None:
    assert [path.name for path in _files("de")] == [path.name for path in _files("en")]


def _files(language: str) -> list[Path]:
    return sorted((CATALOGUES / language).glob("*.json"))
