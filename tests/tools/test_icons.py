"""The icon build: exactly the drawings in use, and a clear end where a name is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import icons as tool


def test_every_icon_in_use_is_found() -> None:
    drawings = tool.collect(tool.names())
    assert list(drawings) == tool.names()
    assert all(drawing.startswith("<") and "svg" not in drawing for drawing in drawings.values())


@pytest.mark.warns("lucide")
def test_an_unknown_icon_ends_the_build_with_its_name() -> None:
    with pytest.raises(tool.UnknownIcon, match="flux-capacitor"):
        tool.collect(["phone", "flux-capacitor"])


def test_a_former_name_is_still_known() -> None:
    assert tool.collect(["trash-2"])["trash-2"]


def test_the_build_leaves_an_unchanged_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "icons.json"
    count = tool.build(target)
    before = target.stat().st_mtime_ns
    assert tool.build(target) == count
    assert target.stat().st_mtime_ns == before
    assert "ISC" in json.loads(target.read_text("utf-8"))["$licence"]


def test_the_command_says_which_name_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(_names: object) -> dict[str, str]:
        raise tool.UnknownIcon("Lucide has no icon named lever")

    monkeypatch.setattr(tool, "collect", wrong)
    assert tool.main([str(tmp_path / "icons.json")]) == 1
    assert "lever" in capsys.readouterr().err
