"""The main job, played by real keys in three client processes, as ``make demo`` does without a display."""

import subprocess
import sys
from pathlib import Path

import pytest

from leaddesk.demo.tour.likeness import FOLDER, NotAlike, compare, references, thumbnail
from leaddesk.demo.tour.play import STEPS

PATIENCE = 480


def test_the_main_job_comes_true_step_by_step(tmp_path: Path) -> None:
    command = [sys.executable, "-B", "-m", "leaddesk", "demo", "--tour", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert run.stdout.splitlines()[-1] == f"tour: {len(STEPS)} steps, 0 failed", run.stdout + run.stderr
    assert run.returncode == 0
    assert "Traceback" not in run.stderr
    assert len(list(tmp_path.glob("*.png"))) == len(STEPS)


SCREENS = [step.screen for step in STEPS if step.screen is not None]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_like_its_own_picture_and_no_other(screen: str) -> None:
    picture = references(screen)[0].read_bytes()
    assert not thumbnail(picture).isNull()
    assert compare(screen, picture) == 0
    for other in SCREENS:
        if other != screen:
            with pytest.raises(NotAlike):
                compare(other, picture)


def test_every_picture_belongs_to_a_screen() -> None:
    assert {path.stem.partition("~")[0] for path in FOLDER.glob("*.png")} == set(SCREENS)


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    command = [sys.executable, "-B", "-m", "leaddesk", "demo", "--tour", str(blocked / "pictures")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode != 0
    assert run.stderr.startswith("leaddesk: ") and len(run.stderr.splitlines()) == 1
