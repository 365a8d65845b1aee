"""Makes the small pictures that the tour compares its screens with, from the folder of a good run.

python tools/tour_pictures.py build/tour          anew, one a screen
python tools/tour_pictures.py build/tour --add    one more for each screen that looks like none it has
"""

import sys
from pathlib import Path

from leaddesk.demo.tour.likeness import FOLDER, NotAlike, compare, references, thumbnail
from leaddesk.demo.tour.play import STEPS


def main(folder: Path, *, add: bool) -> int:
    """Write thumbnails; returns how many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = 0
    for number, step in enumerate(STEPS, 1):
        if step.screen is None:
            continue
        picture = (folder / f"{number:02d}-{step.name}.png").read_bytes()
        if not add or not is_known(step.screen, picture):
            suffix = f"~{len(references(step.screen)) + 1}" if add and references(step.screen) else ""
            made += thumbnail(picture).save(str(FOLDER / f"{step.screen}{suffix}.png"))
    return made


def is_known(screen: str, picture: bytes) -> bool:
    """Whether a screen already has a picture like this one."""
    try:
        compare(screen, picture)
    except NotAlike:
        return False
    return True


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), add="--add" in sys.argv), "pictures")
