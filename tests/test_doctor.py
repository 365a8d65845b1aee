"""The doctor: every probe can fail and then says what is not promised; a report for support names nobody."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from leaddesk.doctor import looking, managing
from leaddesk.doctor.looking import Finding, look_around
from leaddesk.doctor.report import report
from leaddesk.guard.probing import Holds
from leaddesk.session.vault import VaultNote
from leaddesk.settings.managed.reading import Reading
from leaddesk.settings.managed.rules import Fault, Managed
from leaddesk.ui.kit.wording import text
from leaddesk.wiring.promises import promises

ALL_WELL = Holds(version=7, files=True, attributes=True, python=True, dumps=True, opener=True, alone=True)
CANARY = "Kanarienvögel-7f3a"


def look(monkeypatch: pytest.MonkeyPatch, holds: Holds) -> dict[str, Finding]:
    monkeypatch.setattr(looking, "probe", lambda: holds)
    monkeypatch.setattr(looking, "desktop_opener", lambda: "/usr/bin/xdg-open")
    return {found.name: found for found in look_around()}


def test_what_holds_everywhere_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    found = look(monkeypatch, ALL_WELL)
    assert [found[name].cannot for name in ("sandbox", "links", "crash dumps")] == ["", "", ""]
    assert "Landlock 7" in found["sandbox"].says


@pytest.mark.parametrize(
    ("failing", "name", "says"),
    [
        ({"files": False}, "sandbox", "files"),
        ({"attributes": False}, "sandbox", "attributes"),
        ({"files": False, "attributes": False, "version": 0}, "sandbox", "files and attributes"),
        ({"alone": False}, "sandbox", "every thread"),
        ({"opener": False}, "links", "opening links"),
    ],
)
async def test_a_probe_that_fails_is_said_by_doctor_and_page(
    monkeypatch: pytest.MonkeyPatch, failing: dict[str, bool], name: str, says: str
) -> None:
    found = look(monkeypatch, replace(ALL_WELL, **failing))
    assert says in found[name].cannot
    told = await promises(VaultNote.KEPT, renews=True)
    assert text(f"promises.{name}_cannot") in told.not_promised
    assert text(f"promises.{name}") not in told.kept


@pytest.mark.parametrize(
    ("limit", "pattern", "empty", "says"),
    [
        (1, "|/usr/bin/keeps %P", False, ""),
        (1, "core", False, ""),
        (0, "core", False, ""),
        (0, "|/usr/bin/keeps %P", True, ""),
        (0, "|/usr/bin/keeps %P", False, "dumps are on"),
        (resource.RLIM_INFINITY, "core", False, "dumps are on"),
        (resource.RLIM_INFINITY, "core", True, ""),
    ],
)
def test_dumps_are_off_empty_or_told(
    monkeypatch: pytest.MonkeyPatch, limit: int, pattern: str, empty: bool, says: str
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (limit, limit))
    monkeypatch.setattr(looking, "_read", lambda path: pattern if "core_pattern" in path else "")
    found = look(monkeypatch, replace(ALL_WELL, dumps=empty))["crash dumps"]
    assert says in found.cannot and bool(says) == bool(found.cannot)


@pytest.mark.parametrize(
    ("name", "path", "content"),
    [("other programs", "/proc/sys/kernel/yama/ptrace_scope", "0")],
)
def test_what_files_of_the_kernel_say_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, path: str, content: str
) -> None:
    monkeypatch.setattr(looking, "_read", lambda asked: content if asked == path else "")
    assert look(monkeypatch, ALL_WELL)[name].cannot


def test_no_trust_store_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    assert "certificate" in look(monkeypatch, ALL_WELL)["certificates"].cannot


def test_without_a_desktops_opener_links_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "probe", lambda: ALL_WELL)
    monkeypatch.setattr(looking, "desktop_opener", lambda: None)
    assert next(found for found in look_around() if found.name == "links").cannot


def test_a_report_tells_much_and_names_nobody(tmp_path: Path) -> None:
    home = tmp_path / CANARY
    home.mkdir()
    names = (
        "USER",
        "LOGNAME",
        "HOSTNAME",
        "XDG_CURRENT_DESKTOP",
        "XDG_SESSION_TYPE",
        "LEADDESK_SERVER",
        "LANG",
    )
    hostile = dict.fromkeys((*names, "LEADDESK_INSTANCE", "QT_IM_MODULE", "DISPLAY", CANARY), CANARY)
    hostile |= {
        "HTTPS_PROXY": f"http://{CANARY}:secret@proxy.example",
        "HOME": str(home),
        "TMPDIR": str(home),
    }
    hostile |= {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-B", "-m", "leaddesk", "doctor", "--report"]
    done = subprocess.run(
        command, env=hostile, cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    for trace in (CANARY, "secret", str(tmp_path), "proxy.example", ascii(CANARY)[1:-1]):
        assert trace not in said
    for useful in ("version PySide6-Essentials: 6", "kernel", "set HTTPS_PROXY: yes", "guard files: True"):
        assert useful in said
    assert "desktop: other" in said


def test_a_report_that_is_planted_with_a_name_would_be_noticed() -> None:
    assert CANARY in report([Finding("planted", CANARY)], {})


@pytest.mark.parametrize(
    ("found", "says", "cannot"),
    [
        (None, "none", ""),
        (Reading(Managed(idle_minutes=5), found=True), "locks after 5 min", ""),
        (
            Reading(Managed(typed=False), True, Fault.WRONG, "proxy"),
            "wrong at “proxy”",
            "no address may be typed",
        ),
        (Reading(Managed(), True, Fault.NOT_OURS), "owner root", "do not count"),
        (
            Reading(Managed(typed=False), True, Fault.UNREADABLE, "ca-file"),
            "cannot be read (ca-file)",
            "do not",
        ),
    ],
)
def test_the_doctor_says_whether_administrators_decided_something(
    monkeypatch: pytest.MonkeyPatch, found: Reading | None, says: str, cannot: str
) -> None:
    monkeypatch.setattr(managing, "managed_settings", lambda: found)
    told = managing.managing()
    assert says in told.says and (cannot in told.cannot if cannot else told.cannot == "")
