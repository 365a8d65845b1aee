"""Installing Debian's packages starts nothing on the machine of whoever works on leaddesk."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import system_packages


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of our own for the policy, no rights needed, and one package that is never there."""
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(system_packages, "POLICY", path)
    monkeypatch.setattr(system_packages, "_rights", lambda: ["env"])
    monkeypatch.setattr(system_packages, "_disable", lambda rights, packages: None)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None if "nowhere" in name else name)
    return path


def wanted(tmp_path: Path) -> Path:
    listing = tmp_path / "packages.txt"
    listing.write_text("nowhere  prog:leaddesk-nowhere  # never there\n", "utf-8")
    return listing


def test_no_service_starts_while_packages_arrive(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[int] = []

    def apt(rights: list[str], *words: str) -> bool:
        answers.append(subprocess.run(["sh", str(policy), "nginx", "start"], check=False).returncode)
        return words[0] == "update"

    monkeypatch.setattr(system_packages, "_apt", apt)
    assert system_packages.install(wanted(tmp_path)) == ["nowhere"]
    assert answers == [101, 101, 101], "tried, updated, tried again: refused each time"
    assert not policy.exists()


def test_the_owners_policy_stays(policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy.write_text("theirs", "utf-8")
    monkeypatch.setattr(system_packages, "_apt", lambda rights, *words: True)
    system_packages.install(wanted(tmp_path))
    assert policy.read_text("utf-8") == "theirs"
