"""S2 in short: a few leads of every stage; the same with parts of the product that keep too much."""

from pathlib import Path

import pytest

from tests.guarantees.erased import SMOKE, Plant, cache_kept, erased, old_epoch_kept, one_mirror_only


async def test_what_was_erased_is_readable_nowhere(tmp_path: Path) -> None:
    figure = await erased(tmp_path, SMOKE)
    assert figure.kept, figure.findings


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (one_mirror_only, "the database with today's keys"),
        (old_epoch_kept, "yesterday's key store"),
        (cache_kept, "a neighbour's cache"),
    ],
)
async def test_what_is_kept_is_caught(plant: Plant, place: str, tmp_path: Path) -> None:
    figure = await erased(tmp_path, SMOKE, plant)
    assert any(finding.startswith(place + ":") for finding in figure.findings)
