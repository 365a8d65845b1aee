"""What confines the process on other systems, with the systems' answers in place of the systems."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from leaddesk.guard.confined import Confined, _last_part, confined

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
CONTAINER, LEVEL = 29, 25


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({CONTAINER: 1, LEVEL: 0x1000}, Confined.APP_CONTAINER),
        ({CONTAINER: 0, LEVEL: 0x1000}, Confined.LOW_INTEGRITY),
        ({CONTAINER: 0, LEVEL: 0x2000}, Confined.NOTHING),
        ({CONTAINER: 0, LEVEL: 0x3000}, Confined.NOTHING),
        ({}, Confined.NOTHING),
    ],
)
def test_windows_is_asked_for_its_token(answers: dict[int, int], found: Confined) -> None:
    assert confined("win32", {}, answers.get) is found


def test_macos_says_it_to_every_process_of_the_sandbox() -> None:
    assert confined("darwin", {"APP_SANDBOX_CONTAINER_ID": "example.leaddesk"}) is Confined.APP_SANDBOX
    assert confined("darwin", {}) is Confined.NOTHING


def test_without_windows_there_is_no_answer() -> None:
    assert confined("win32", {}) is Confined.NOTHING
    assert confined("linux", {"APP_SANDBOX_CONTAINER_ID": "x"}) is Confined.NOTHING


def test_the_level_is_the_last_number_of_its_label() -> None:
    sid = bytes([1, 1, 0, 0, 0, 0, 0, 16]) + (0x1000).to_bytes(4, "little")
    assert _last_part(bytes(16) + sid + bytes(64)) == 0x1000
    assert _last_part(bytes(128)) is None


def test_the_entitlements_allow_the_network_and_nothing_else() -> None:
    allowed = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    begin = "com.apple.security."
    assert {name.removeprefix(begin): value for name, value in allowed.items()} == {
        "app-sandbox": True,
        "network.client": True,
        "network.server": True,
    }
