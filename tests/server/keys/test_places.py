"""The places of the epoch key: one that is not there is never taken for a new one."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.custody.epochs import EpochsLost, PlaceMissing
from leaddesk.server.keys.custody.master import MasterKey, random_master
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import EPOCH_FILE, keys_in_files
from leaddesk.server.operations.metrics import Metrics
from leaddesk.server.operations.service.places import Places
from tests.server.keys.test_custody import opened, sealed

A = TenantId("a")
NAMES = ("one", "two", "three")


class House:
    """Keys in files with three places of the epoch key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master: MasterKey = random_master()
        for name in ("m1", "m2", *NAMES):
            (folder / name).mkdir()
        self.living: Envelope | None = None

    def cell(self, name: str) -> Path:
        return self.folder / name / EPOCH_FILE

    def begin(self) -> Envelope:
        """Start, after an end if need be."""
        self.end()
        epochs = [self.folder / name for name in NAMES]
        self.living = keys_in_files(self.master, self.folder / "m1", self.folder / "m2", epochs)
        return self.living

    def end(self) -> None:
        if self.living is not None:
            self.living.store.close()
            self.living = None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.end()


def turned(keys: Envelope) -> None:
    for _ in keys.turn_epoch():
        continue


@pytest.mark.parametrize("kept", NAMES)
def test_any_one_place_is_enough(house: House, kept: str) -> None:
    content = sealed(house.begin(), "lead")
    turned(house.begin())
    house.end()
    for name in set(NAMES) - {kept}:
        house.cell(name).write_bytes(b"")  # a new place, as an operator begins one
    again = house.begin()
    assert opened(again, "lead", content) == "lead" and again.places_failing() == 0


def test_with_all_places_lost_nothing_begins_anew(house: House) -> None:
    content = sealed(house.begin(), "lead")
    house.end()
    kept = house.cell("one").read_bytes()
    for name in NAMES:
        house.cell(name).unlink()
    with pytest.raises(EpochsLost, match="are they mounted"):
        house.begin()
    assert not any(house.cell(name).exists() for name in NAMES), "nothing was written over what may come back"
    for name in NAMES:
        house.cell(name).write_bytes(b"")
    with pytest.raises(EpochsLost):
        house.begin()
    house.cell("two").write_bytes(kept)
    assert opened(house.begin(), "lead", content) == "lead"


def test_a_place_that_is_not_mounted_is_not_written(house: House) -> None:
    house.begin()
    house.end()
    house.cell("two").unlink()
    with pytest.raises(PlaceMissing, match="is it mounted"):
        house.begin()
    assert not house.cell("two").exists()
    house.cell("two").touch(0o600)
    assert house.begin().places_failing() == 0 and house.cell("two").stat().st_size > 0


def test_a_night_without_one_of_the_places_changes_nothing_and_is_made_good(house: House) -> None:
    keys = house.begin()
    content = sealed(keys, "lead")
    before = [house.cell(name).read_bytes() for name in NAMES]
    away = house.folder / "away"
    shutil.move(house.folder / "three", away)
    assert keys.places_failing() == 1
    with pytest.raises(PlaceMissing):
        turned(keys)
    assert [house.cell(name).read_bytes() for name in NAMES[:2]] == before[:2] and keys.epochs.newest == 1
    (house.folder / "three").mkdir()  # the empty folder under the mount
    with pytest.raises(PlaceMissing):
        turned(keys)
    (house.folder / "three").rmdir()
    shutil.move(away, house.folder / "three")
    turned(keys)
    assert keys.epochs.newest == 2 and keys.places_failing() == 0
    assert opened(keys, "lead", content) == "lead"


@pytest.mark.parametrize("old", NAMES)
def test_a_place_that_comes_back_from_yesterday_takes_nothing_along(house: House, old: str) -> None:
    keys = house.begin()
    content, yesterday = sealed(keys, "lead"), house.cell(old).read_bytes()
    turned(keys)
    house.cell(old).write_bytes(yesterday)
    assert keys.places_failing() == 1
    again = house.begin()
    assert again.epochs.newest == 2 and again.epochs.cipher(1) is None
    assert opened(again, "lead", content) == "lead" and again.places_failing() == 0


async def test_what_is_missing_is_told_and_a_look_that_hangs_as_well() -> None:
    metrics, hanging = Metrics(), threading.Event()
    told = iter([0, 2])

    def count() -> int:
        return next(told)

    places = Places(metrics, count)
    await places.look()
    assert "leaddesk_epoch_places_failing 0" in metrics.page()
    await places.look()
    assert "leaddesk_epoch_places_failing 2" in metrics.page()
    stuck = Places(Metrics(), lambda: int(hanging.wait(60)) - 1)
    for _ in range(2):
        await stuck.look(patience=0.01)
        assert stuck.failing == 1
    hanging.set()
    async with asyncio.timeout(60):
        while stuck.failing:
            await stuck.look()
