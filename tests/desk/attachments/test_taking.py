"""What a person chose is read into memory, if it is a file."""

from __future__ import annotations

import os
from pathlib import Path

from leaddesk.api.attachments import LARGEST_FILE
from leaddesk.desk.attachments.taking import take
from leaddesk.desk.outcomes import Ok, Reason, Refused

NO_FILE = Refused(Reason.OTHER, "file")


async def test_a_file_is_read_with_name_and_type(tmp_path: Path) -> None:
    (tmp_path / "Grundriss Öl.PDF").write_bytes(b"%PDF")
    taken = await take(str(tmp_path / "Grundriss Öl.PDF"))
    assert isinstance(taken, Ok)
    assert (taken.value.name, taken.value.content) == ("Grundriss Öl.PDF", b"%PDF")


async def test_what_is_too_large_is_said(tmp_path: Path) -> None:
    with (tmp_path / "film.mp4").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert await take(str(tmp_path / "film.mp4")) == Refused(Reason.TOO_LARGE, "file")


async def test_nothing_a_folder_and_a_pipe_nobody_writes_into_are_no_files(tmp_path: Path) -> None:
    assert await take(str(tmp_path / "nowhere.pdf")) == NO_FILE
    assert await take(str(tmp_path)) == NO_FILE
    if hasattr(os, "mkfifo"):  # Windows has none among its files
        os.mkfifo(tmp_path / "plan.pdf")
        assert await take(str(tmp_path / "plan.pdf")) == NO_FILE, "it does not wait for somebody either"
