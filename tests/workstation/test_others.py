"""What Windows and macOS tell, read as their documents say; windows left out of captures. Not run there."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from leaddesk.workstation.others import capture, macos, windows
from leaddesk.workstation.signs import Sign


class Library:
    """Answers as told and remembers the calls."""

    def __init__(self, *answers: int) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[int, int]] = []

    def SetWindowDisplayAffinity(self, window: int, affinity: int) -> int:
        return self._answer(window, affinity)

    def WTSRegisterSessionNotification(self, window: int, flags: int) -> int:
        return self._answer(window, flags)

    def _answer(self, window: int, wish: int) -> int:
        self.calls.append((window, wish))
        return self._answers.pop(0)


@pytest.mark.parametrize(
    ("message", "parameter", "sign"),
    [
        (0x02B1, 0x7, Sign.DESKTOP),
        (0x02B1, 0x8, None),
        (0x02B1, 0x2, Sign.SWITCHED),
        (0x02B1, 0x1, None),
        (0x0218, 0x4, Sign.SLEEP),
        (0x0218, 0x12, Sign.AWAKE),
        (0x0218, 0xA, None),
        (0x0100, 0x7, None),
    ],
)
def test_messages_of_windows(message: int, parameter: int, sign: Sign | None) -> None:
    assert windows.sign_of(message, parameter) is sign


def test_windows_is_asked_for_this_session_and_may_refuse() -> None:
    assert windows.listen(42, library := Library(1))
    assert library.calls == [(42, 0)]
    assert not windows.listen(42, Library(0))


class Centres:
    """Both centres, told by hand."""

    def __init__(self) -> None:
        self.told: dict[str, dict[str, Callable[[], object]]] = {"screen": {}, "workspace": {}}

    def screen(self, name: str, heard: Callable[[], object]) -> None:
        self.told["screen"][name] = heard

    def workspace(self, name: str, heard: Callable[[], object]) -> None:
        self.told["workspace"][name] = heard


@pytest.mark.parametrize(
    ("centre", "name", "sign"),
    [
        ("screen", "com.apple.screenIsLocked", Sign.DESKTOP),
        ("workspace", "NSWorkspaceWillSleepNotification", Sign.SLEEP),
        ("workspace", "NSWorkspaceDidWakeNotification", Sign.AWAKE),
        ("workspace", "NSWorkspaceSessionDidResignActiveNotification", Sign.SWITCHED),
    ],
)
def test_notifications_of_macos(centre: str, name: str, sign: Sign) -> None:
    signs: list[Sign] = []
    centres = Centres()
    assert macos.listen(signs.append, centres) is centres
    centres.told[centre][name]()
    assert signs == [sign]
    assert "com.apple.screenIsUnlocked" not in centres.told["screen"]


def test_a_window_is_excluded_or_else_black_or_else_it_is_said() -> None:
    assert capture.exclude(7, newest := Library(1))
    assert newest.calls == [(7, 0x11)]
    assert capture.exclude(7, older := Library(0, 1))
    assert older.calls == [(7, 0x11), (7, 0x01)]
    assert not capture.exclude(7, Library(0, 0))


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_elsewhere_nothing_is_promised(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert not capture.can_exclude()
    assert not capture.exclude(7)
    assert not windows.listen(7)
