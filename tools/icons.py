"""Build the icon subset: the drawings named in ``icon_names.Icon`` out of python-lucide (ISC, some MIT).

    python tools/icons.py [TARGET]

Writes ``src/leaddesk/ui/theme/_icons.json`` (or TARGET): a map from icon name to the inside of its SVG.
The file is built, never committed; ``make setup`` and the wheel's build hook call this. An unknown name ends
the build.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
THEME = ROOT / "src" / "leaddesk" / "ui" / "theme"
TARGET = THEME / "_icons.json"


class UnknownIcon(LookupError):
    """The list names an icon that the installed Lucide package does not have."""


def names() -> list[str]:
    """Return the Lucide names in use, read from the list without importing the package (no Qt in a build)."""
    return sorted({str(icon) for icon in _module(THEME / "icon_names.py").Icon})


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot read {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def inside(svg: str) -> str:
    """Return the elements of a drawing without its outer tag, in one line."""
    found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if found is None:
        raise ValueError("not an SVG drawing")
    return re.sub(r"\s*\n\s*", "", found.group(1)).replace(" />", "/>")


def collect(wanted: Iterable[str]) -> dict[str, str]:
    """Return the inside of each wanted drawing, former names included. Raises UnknownIcon naming the rest."""
    from lucide import lucide_icon

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # former names are fine: sets differ in what they renamed
        found = {name: lucide_icon(name) for name in sorted(set(wanted))}
    missing = [name for name, svg in found.items() if "data-missing-icon" in svg]
    if missing:
        raise UnknownIcon(
            f"Lucide has no icon named {', '.join(missing)}; correct src/leaddesk/ui/theme/icon_names.py"
        )
    return {name: inside(svg) for name, svg in found.items()}


def build(target: Path = TARGET) -> int:
    """Write the subset and return how many drawings it holds; an unchanged file keeps its time stamp."""
    drawings = collect(names())
    content = json.dumps({"$licence": "Lucide: ISC; some drawings MIT, from Feather", **drawings}, indent=0)
    if not target.exists() or target.read_text("utf-8") != content + "\n":
        target.write_text(content + "\n", "utf-8")
    return len(drawings)


def main(arguments: list[str]) -> int:
    """Run as a command; returns the exit code."""
    try:
        count = build(Path(arguments[0]) if arguments else TARGET)
    except UnknownIcon as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} icons")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
