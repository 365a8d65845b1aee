"""S2 in short: a few leads of every stage; the same with parts of the product that keep too much."""

from pathlib import Path

import pytest

from tests.guarantees.erased import plants
from tests.guarantees.erased.database import on_postgres
from tests.guarantees.erased.guarantee import SMOKE, erased
from tests.guarantees.erased.plants import Plant


async def test_what_was_erased_is_readable_nowhere(tmp_path: Path) -> None:
    figure = await erased(tmp_path, SMOKE)
    assert figure.kept, figure.findings


async def test_on_postgresql_it_is_readable_in_no_file_log_backup_dump_or_recovery(tmp_path: Path) -> None:
    figure = await erased(tmp_path, 1, ground=on_postgres(tmp_path))
    assert figure.kept, figure.findings


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (plants.one_mirror_only, "the database with today's keys"),
        (plants.one_mirror_only, "the export of before with today's keys"),
        (plants.old_epoch_kept, "yesterday's key store"),
        (plants.cache_kept, "a neighbour's cache"),
        (plants.events_under_the_tenants_key, "the export with today's keys"),
        (plants.files_under_the_tenants_key, "files on their way"),
        (plants.plain_fingerprints, "fingerprints of requests"),
        (plants.chatty_webhooks, "webhook deliveries, before"),
        (plants.chatty_webhooks, "webhook deliveries, after"),
        (plants.words_on_record, "the access log, after"),
        (plants.chatty_log, "logs"),
        (plants.metrics_by_address, "metrics, after"),
        (plants.answers_kept, "what the process keeps, after"),
        (plants.evidence_with_words, "the evidence sink, after"),
    ],
)
async def test_what_is_kept_is_caught(plant: Plant, place: str, tmp_path: Path) -> None:
    figure = await erased(tmp_path, 2, plant)
    assert any(finding.startswith(place + ":") for finding in figure.findings), figure.findings[:5]
