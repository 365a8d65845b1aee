"""Look at stories.

python -m tests.stories list
python -m tests.stories preview NAME [--theme dark] [--lang en] [--scale 2]
python -m tests.stories gallery [FOLDER] [--only PREFIX] [--ratio 2]    FOLDER is build/gallery unless given
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from leaddesk.ui.kit.wording import set_language
from leaddesk.ui.theme.tokens import Scheme
from tests.stories.registry import all_stories, one_story
from tests.stories.stage import Look, Stage

GALLERY = Path(__file__).resolve().parent.parent.parent / "build" / "gallery"
SCHEMES = {"light": Scheme.LIGHT, "dark": Scheme.DARK, "contrast": Scheme.HIGH_CONTRAST}


def preview(name: str, theme: str, spoken: str, scale: float) -> int:
    """Show one story in a window until it is closed; 1 if there is none of that name."""
    try:
        shown = one_story(name)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    stage = Stage()
    set_language(spoken)  # type: ignore[arg-type]
    stage.style.apply(SCHEMES[theme], scale)
    widget = shown.build()
    widget.setWindowTitle(name)
    widget.resize(round(shown.size[0] * scale), round(shown.size[1] * scale))
    widget.show()
    return stage.app.exec()


def gallery(folder: Path, only: str, ratio: float) -> int:
    """Paint every story in light and dark, German, English and pseudo, into FOLDER."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # pictures need no screen
    stage = Stage()
    count = 0
    for each in all_stories(only):
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            for spoken in ("de", "en", "pseudo"):
                look = Look(scheme, spoken)  # type: ignore[arg-type]
                target = folder / f"{each.name}-{look.suffix}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                stage.picture(each, look, ratio).save(str(target))
                count += 1
    print(f"{count} pictures in {folder}")
    return 0 if count else 1


def main(arguments: list[str]) -> int:
    """Run as a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.stories", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    one = verbs.add_parser("preview")
    one.add_argument("name")
    one.add_argument("--theme", choices=SCHEMES, default="light")
    one.add_argument("--lang", choices=("de", "en", "pseudo"), default="de")
    one.add_argument("--scale", type=float, default=1.0)
    every = verbs.add_parser("gallery")
    every.add_argument("folder", type=Path, nargs="?", default=GALLERY)
    every.add_argument("--only", default="")
    every.add_argument("--ratio", type=float, default=1.0)
    given = parser.parse_args(arguments)
    if given.verb == "preview":
        return preview(given.name, given.theme, given.lang, given.scale)
    if given.verb == "gallery":
        return gallery(given.folder, given.only, given.ratio)
    print("\n".join(each.name for each in all_stories()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
