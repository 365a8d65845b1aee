"""Which memory can reach the disk is told apart as far as anybody may know it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leaddesk.doctor import looking
from leaddesk.doctor.swapping import Machine, Swap

HEAD = "Filename Type Size Used Priority\n"
DISK, CRYPT, VOLUME, ZRAM, WRITTEN_BACK, MIXED, ANONYMOUS = range(1, 8)


class Made(Machine):
    """A machine in a folder, with a disk, what is encrypted on it, and memory that looks like a disk."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root
        self.places: dict[str, tuple[bool, int]] = {}
        self.device(DISK, "sda2")
        self.device(CRYPT, "dm-0", "CRYPT-LUKS2-1-home")
        self.device(VOLUME, "dm-1", "LVM-1", below=("dm-0",))
        self.device(ZRAM, "zram0", backing="none\n")
        self.device(WRITTEN_BACK, "zram1", backing="/dev/sda3\n")
        self.device(MIXED, "dm-2", "LVM-2", below=("dm-0", "sda2"))

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def device(
        self, minor: int, name: str, uuid: str = "", *, below: tuple[str, ...] = (), backing: str = ""
    ) -> None:
        self.write(f"sys/devices/{name}/dm/uuid", uuid)
        if backing:
            self.write(f"sys/devices/{name}/backing_dev", backing)
        for one in below:
            slaves = self.root / f"sys/devices/{name}/slaves"
            slaves.mkdir(exist_ok=True)
            (slaves / one).symlink_to(self.root / f"sys/devices/{one}")
        numbers = self.root / "sys/dev/block"
        numbers.mkdir(parents=True, exist_ok=True)
        (numbers / f"8:{minor}").symlink_to(self.root / f"sys/devices/{name}")

    def pages_to(self, *places: tuple[str, bool, int]) -> Made:
        self.places = {name: (is_file, os.makedev(8, minor)) for name, is_file, minor in places}
        lines = (f"{name.replace(' ', chr(92) + '040')} x 1 0 -2\n" for name, _, _ in places)
        self.write("proc/swaps", HEAD + "".join(lines))
        return self

    def lies_on(self, place: str) -> tuple[bool, int]:
        return self.places[place]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def test_a_machine_that_pages_nothing(made: Made) -> None:
    assert made.swap() is Swap.OFF
    assert made.pages_to().swap() is Swap.OFF


@pytest.mark.parametrize(
    ("device", "is_file", "kind"),
    [
        (DISK, False, Swap.READABLE),
        (DISK, True, Swap.READABLE),
        (CRYPT, False, Swap.ENCRYPTED),
        (CRYPT, True, Swap.ENCRYPTED),
        (VOLUME, False, Swap.ENCRYPTED),
        (VOLUME, True, Swap.ENCRYPTED),
        (MIXED, False, Swap.READABLE),
        (ZRAM, False, Swap.IN_MEMORY),
        (WRITTEN_BACK, False, Swap.READABLE),
        (ANONYMOUS, True, Swap.READABLE),
    ],
)
def test_what_lies_under_a_place_is_told_apart(made: Made, device: int, is_file: bool, kind: Swap) -> None:
    assert made.pages_to(("/a place", is_file, device)).swap() is kind


def test_the_worst_of_several_places_counts(made: Made) -> None:
    zram, crypt, disk = (("/z", False, ZRAM), ("/c", False, CRYPT), ("/d", False, DISK))
    assert made.pages_to(zram, crypt).swap() is Swap.ENCRYPTED
    assert made.pages_to(zram, crypt, disk).swap() is Swap.READABLE


@pytest.mark.parametrize("group", ["app.slice", "app.slice/leaddesk.scope"])
def test_a_program_that_may_page_nothing(made: Made, group: str) -> None:
    made.pages_to(("/d", False, DISK))
    made.write("proc/self/cgroup", "1:name=systemd:/x\n0::/app.slice/leaddesk.scope\n")
    made.write("sys/fs/cgroup/app.slice/leaddesk.scope/memory.swap.max", "max\n")
    assert made.swap() is Swap.READABLE
    made.write(f"sys/fs/cgroup/{group}/memory.swap.max", "0\n")
    assert made.swap() is Swap.FORBIDDEN


def test_a_place_that_cannot_be_looked_at_counts_as_readable(tmp_path: Path) -> None:
    place = tmp_path / "proc"
    place.mkdir()
    (place / "swaps").write_text(f"{HEAD}/nowhere partition 1 0 -2\n")
    assert Machine(tmp_path).swap() is Swap.READABLE


@pytest.mark.parametrize("swap", Swap)
def test_only_what_may_be_read_from_the_disk_is_not_promised(
    monkeypatch: pytest.MonkeyPatch, swap: Swap
) -> None:
    monkeypatch.setattr(looking.Machine, "swap", lambda _self: swap)
    found = looking._swap()
    assert found.says == swap.value and bool(found.cannot) is (swap is Swap.READABLE)
