"""Managed settings count when administrators wrote them, and a file that is wrong opens nothing."""

from __future__ import annotations

import os
import plistlib
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from leaddesk.settings.managed import linux, macos, reading, windows
from leaddesk.settings.managed.reading import Reading, is_guarded, read_guarded, read_managed
from leaddesk.settings.managed.rules import Fault, ManagedFault

GOOD = """
default-instance = "Wagner"
typed-instances = false
idle-lock-minutes = 5

[[instance]]
name = "Wagner"
server = "https://leads.wagner.example"
domains = ["wagner.example"]
"""
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture
def anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test's own folder count as an administrator's."""
    monkeypatch.setattr(reading, "is_guarded", lambda _facts: True)


def read(path: Path) -> Reading:
    return read_managed("linux", lambda: linux.look(str(path)))


def facts(mode: int, owner: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, owner, 0, 0, 0, 0, 0))


def test_without_a_file_nothing_is_managed(tmp_path: Path) -> None:
    assert read(tmp_path / "managed.toml") == Reading()
    assert read(tmp_path / "none" / "managed.toml") == Reading()


@pytest.mark.usefixtures("anybody")
def test_a_file_counts(tmp_path: Path) -> None:
    (tmp_path / "managed.toml").write_text(GOOD)
    found = read(tmp_path / "managed.toml")
    assert found.found and found.fault is None
    assert found.managed.default is not None and not found.managed.typed
    assert found.managed.idle_minutes == 5


@pytest.mark.parametrize(
    ("mode", "owner", "counts"),
    [
        (stat.S_IFREG | 0o644, 0, True),
        (stat.S_IFREG | 0o600, 0, True),
        (stat.S_IFREG | 0o644, 1000, False),
        (stat.S_IFREG | 0o664, 0, False),
        (stat.S_IFREG | 0o646, 0, False),
        (stat.S_IFDIR | 0o1777, 0, False),
    ],
)
def test_only_what_root_alone_can_write_counts(mode: int, owner: int, counts: bool) -> None:
    folders = (facts(stat.S_IFDIR | 0o755, 0),) * 2
    assert is_guarded((facts(mode, owner), *folders)) is counts
    assert is_guarded((*folders, facts(mode, owner))) is counts


def test_a_file_below_a_folder_that_others_write_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    """The test's own folder lies below one that everybody may write."""
    (tmp_path / "managed.toml").write_text(GOOD)
    tmp_path.chmod(0o777)
    found = read(tmp_path / "managed.toml")
    assert found.fault is Fault.NOT_OURS
    assert found.managed.instances == () and found.managed.typed


@pytest.mark.usefixtures("anybody")
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"instance = [", Fault.MALFORMED),
        (b"\xff\xfe", Fault.MALFORMED),
        (b"a = " + b"[" * 30_000, Fault.MALFORMED),
        (b"typed-instances = 1", Fault.WRONG),
        (b"#" * 70_000, Fault.TOO_LARGE),
    ],
)
def test_a_wrong_file_lets_nobody_type_an_address(tmp_path: Path, content: bytes, fault: Fault) -> None:
    (tmp_path / "managed.toml").write_bytes(content)
    found = read(tmp_path / "managed.toml")
    assert found.fault is fault
    assert not found.managed.typed


@pytest.mark.usefixtures("anybody")
def test_links_and_what_is_no_file_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(GOOD)
    (tmp_path / "managed.toml").symlink_to(tmp_path / "other.toml")
    assert read(tmp_path / "managed.toml").fault is Fault.UNREADABLE
    os.mkfifo(tmp_path / "pipe.toml")
    assert read(tmp_path / "pipe.toml").fault is Fault.UNREADABLE


@pytest.mark.usefixtures("anybody")
@pytest.mark.parametrize(
    ("content", "fault"), [(CERTIFICATE, None), ("no certificate", Fault.WRONG), (None, Fault.UNREADABLE)]
)
def test_the_companys_certificates_are_read_or_missed_aloud(
    tmp_path: Path, content: str | None, fault: Fault | None
) -> None:
    if content is not None:
        (tmp_path / "firm.pem").write_text(content)
    (tmp_path / "managed.toml").write_text(f'ca-file = "{tmp_path}/firm.pem"')
    found = read(tmp_path / "managed.toml")
    assert (found.fault, found.key) == (fault, "" if fault is None else "ca-file")
    assert found.authorities == (CERTIFICATE if fault is None else None)
    assert found.managed.typed is (fault is None)


@pytest.mark.usefixtures("anybody")
def test_a_mac_reads_the_persons_profile_before_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "maren")
    said: dict[str, Any] = {"typed-instances": True, "idle-lock-minutes": 9, "PayloadUUID": "x"}
    (tmp_path / macos.DOMAIN).write_bytes(plistlib.dumps(said))
    assert macos.look(str(tmp_path)) == {"typed-instances": True, "idle-lock-minutes": 9}
    (tmp_path / "maren").mkdir()
    (tmp_path / "maren" / macos.DOMAIN).write_bytes(plistlib.dumps({"idle-lock-minutes": 3}))
    assert macos.look(str(tmp_path)) == {"idle-lock-minutes": 3}
    (tmp_path / "maren" / macos.DOMAIN).write_bytes(b"<plist>")
    with pytest.raises(ManagedFault):
        macos.look(str(tmp_path))


class Key:
    """A key of a registry in a dictionary."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.keys = [name for name, value in content.items() if isinstance(value, dict)]
        self.values = [(name, value, 1) for name, value in content.items() if not isinstance(value, dict)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def registry(content: dict[str, Any]) -> Any:
    def opened(above: Any, path: str) -> Key:
        found = content if above == "HKLM" else above.content
        for part in path.split("\\"):
            if part not in found:
                raise FileNotFoundError
            found = found[part]
        return Key(found)

    return SimpleNamespace(
        HKEY_LOCAL_MACHINE="HKLM",
        OpenKey=opened,
        QueryInfoKey=lambda key: (len(key.keys), len(key.values), 0),
        EnumKey=lambda key, number: key.keys[number],
        EnumValue=lambda key, number: key.values[number],
    )


def policies(content: dict[str, Any]) -> Any:
    return registry({"Software": {"Policies": {"leaddesk": content}}})


def test_windows_reads_the_policies_of_the_machine() -> None:
    instance = {
        "name": "Wagner",
        "server": "https://leads.wagner.example",
        "domains": ["wagner.example", "heiztechnik.example"],
    }
    held = policies({"typed-instances": 0, "idle-lock-minutes": 5, "instance": {"1": instance}})
    found = read_managed("win32", lambda: windows.look(held))
    assert found.fault is None and not found.managed.typed and found.managed.idle_minutes == 5
    assert found.managed.instance_for("a@heiztechnik.example") is not None


def test_windows_without_policies_is_not_managed() -> None:
    assert windows.look(registry({})) is None
    assert windows.look(policies({})) is None


def test_windows_policies_that_cannot_be_read_let_nobody_type() -> None:
    def refused(*_: object) -> Any:
        raise PermissionError

    held = SimpleNamespace(HKEY_LOCAL_MACHINE="HKLM", OpenKey=refused)
    found = read_managed("win32", lambda: windows.look(held))
    assert found.fault is Fault.UNREADABLE and not found.managed.typed


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 100)
    with pytest.raises(ManagedFault) as raised:
        read_guarded(str(tmp_path / "large"), 50, owners=False)
    assert raised.value.fault is Fault.TOO_LARGE
