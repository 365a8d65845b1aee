"""What is kept of base backups and the write-ahead log, what goes, and what is never written over."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leaddesk.server.installation.dumps import NotDone
from leaddesk.server.installation.physical import wal
from leaddesk.server.installation.physical.base import FORM, PREFIX, Shelf, pruned
from leaddesk.server.installation.physical.drill import Drill, drill
from leaddesk.server.installation.physical.moment import Wanted, bring_back, moment_of
from leaddesk.server.installation.physical.programs import Programs
from leaddesk.server.installation.physical.wal import Refused, keep, run_keep_wal
from leaddesk.server.operations.settings import ServerSettings
from tests.support.folders import remove

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = 1024
A_LOG = 2**32 // SIZE


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number // A_LOG:08X}{number % A_LOG:08X}"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr("shutil.rmtree", remove)  # whose paths the watchdog can read
    made = Shelf(tmp_path / "base", tmp_path / "wal")
    made.base.mkdir()
    made.wal.mkdir()
    return made


def a_base(shelf: Shelf, days_ago: float, first: int) -> str:
    folder = shelf.base / f"{PREFIX}{(NOW - timedelta(days=days_ago)).strftime(FORM)}"
    folder.mkdir()
    label = f"START WAL LOCATION: 0/2000028 (file {segment(first)})\nCHECKPOINT LOCATION: 0/2000060\n"
    (folder / "backup_label").write_text(label)
    (folder / "PG_VERSION").write_text("15\n")
    return folder.name


def some_wal(shelf: Shelf, numbers: range, timeline: int = 1) -> None:
    for number in numbers:
        file = shelf.wal / segment(number, timeline)
        file.write_bytes(b"x" * SIZE)
        at = (NOW - timedelta(days=40) + timedelta(days=number)).timestamp()
        os.utime(file, (at, at))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_is_older_goes_but_for_what_the_oldest_kept_moment_needs(shelf: Shelf) -> None:
    gone, needed, young = a_base(shelf, 50, 2), a_base(shelf, 36, 10), a_base(shelf, 1, 30)
    some_wal(shelf, range(1, 40))
    some_wal(shelf, range(8, 12), timeline=2)
    (shelf.wal / "00000002.history").write_text("1\t0/9000000\tno reason\n")
    (shelf.wal / f"{segment(2)}.00000028.backup").write_text("old")
    (shelf.wal / f"{segment(30)}.00000028.backup").write_text("young")
    told = list(pruned(shelf, NOW - timedelta(days=35)))
    assert names(shelf.base) == sorted([needed, young]) and gone in told[0]
    kept = [segment(number) for number in range(10, 40)] + [segment(number, 2) for number in (10, 11)]
    assert names(shelf.wal) == sorted([*kept, "00000002.history", f"{segment(30)}.00000028.backup"])
    assert list(pruned(shelf, NOW - timedelta(days=35))) == []


def test_without_a_base_backup_nothing_goes(shelf: Shelf) -> None:
    some_wal(shelf, range(1, 5))
    assert list(pruned(shelf, NOW)) == [] and len(names(shelf.wal)) == 4


def test_a_folder_that_is_none_of_ours_stops_everything(shelf: Shelf) -> None:
    (shelf.base / "base-old").mkdir()
    with pytest.raises(NotDone, match="no base backup of ours"):
        list(pruned(shelf, NOW))


def test_a_moment_takes_the_newest_base_backup_that_had_ended(shelf: Shelf, tmp_path: Path) -> None:
    a_base(shelf, 20, 10)
    younger = a_base(shelf, 10, 30)
    a_base(shelf, 1, 38)
    some_wal(shelf, range(10, 41))
    into = tmp_path / "new"
    lines = list(bring_back(Wanted(shelf, into, NOW - timedelta(days=5)), Programs()))
    assert younger in lines[0] and "2026-11-17T12:00:00.000" in lines[1]
    settings = (into / "postgresql.auto.conf").read_text()
    assert "recovery_target_time = '2026-11-17 12:00:00.000000+00:00'" in settings
    assert (into / "recovery.signal").exists() and into.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("missing", "days_ago", "why"),
    [
        (range(0), 30, "no base backup had ended by then"),
        (range(0), -2, "the archive reaches to"),
        (range(12, 13), 5, "later ones are"),
        (range(10, 11), 5, "is not in the archive; base-"),
    ],
)
def test_what_cannot_be_reached_is_refused(
    shelf: Shelf, tmp_path: Path, missing: range, days_ago: float, why: str
) -> None:
    a_base(shelf, 20, 10)
    some_wal(shelf, range(10, 41))
    for number in missing:
        (shelf.wal / segment(number)).unlink()
    with pytest.raises(NotDone, match=why):
        list(bring_back(Wanted(shelf, tmp_path / "new", NOW - timedelta(days=days_ago)), Programs()))
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(shelf: Shelf, tmp_path: Path) -> None:
    a_base(shelf, 20, 10)
    some_wal(shelf, range(10, 41))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "precious").write_text("x")
    with pytest.raises(NotDone, match="not empty"):
        list(bring_back(Wanted(shelf, tmp_path / "new", None), Programs()))
    assert names(tmp_path / "new") == ["precious"]


def test_a_drill_takes_away_nothing_but_its_own(shelf: Shelf, tmp_path: Path) -> None:
    this = Drill(tmp_path / "server.toml", ServerSettings({}), [], "")
    living = tmp_path / "living"
    living.mkdir()
    (living / "PG_VERSION").write_text("15\n")
    with pytest.raises(NotDone, match="not empty"):
        list(drill(this, Wanted(shelf, living, None), Programs()))
    assert names(living) == ["PG_VERSION"]
    a_base(shelf, 20, 10)
    with pytest.raises(NotDone, match="is not in the archive"):
        list(drill(this, Wanted(shelf, tmp_path / "scratch", None), Programs()))
    assert not (tmp_path / "scratch").exists()


def test_a_moment_has_a_zone(tmp_path: Path) -> None:
    assert moment_of("2026-11-22T13:00:00+01:00") == NOW and moment_of("latest") is None
    for text in ("2026-11-22T13:00:00", "yesterday"):
        with pytest.raises(NotDone, match="zone"):
            moment_of(text)


def test_a_file_is_archived_once_and_never_written_over(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / segment(1)
    source.write_bytes(b"one")
    assert run_keep_wal([str(source), "--to", str(shelf.wal)]) == 0
    assert run_keep_wal([str(source), "--to", str(shelf.wal)]) == 0, "the same again is fine"
    source.write_bytes(b"another")
    assert run_keep_wal([str(source), "--to", str(shelf.wal)]) == 1
    assert names(shelf.wal) == [segment(1)] and (shelf.wal / segment(1)).read_bytes() == b"one"
    assert run_keep_wal([str(tmp_path / "nothing"), "--to", str(shelf.wal)]) == 1


def test_a_file_is_there_wholly_or_not_at_all(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / segment(1)
    source.write_bytes(b"x" * 3)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device", str(shelf.wal))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="space"):
            keep(source, shelf.wal)
    assert names(shelf.wal) == []
    real = wal._copied

    def beaten(given: Path, begun: Path) -> None:
        real(given, begun)
        (shelf.wal / given.name).write_bytes(b"else")

    monkeypatch.setattr(wal, "_copied", beaten)
    with pytest.raises(Refused):
        keep(source, shelf.wal)
    assert names(shelf.wal) == [segment(1)] and (shelf.wal / segment(1)).read_bytes() == b"else"
