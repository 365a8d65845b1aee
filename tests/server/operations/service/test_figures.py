"""Metrics and the alarms that are raised by them: no alarm asks for what nobody tells."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from leaddesk.server.operations.health import Health
from leaddesk.server.operations.metrics import Metrics
from leaddesk.server.operations.service import figures
from tests.server.operations.test_configured import running
from tests.support.certificates import self_signed
from tests.support.trade import Trade

ROOT = Path(__file__).resolve().parents[4]
RULES = ROOT / "packaging" / "server" / "alerts.yml"
GUIDE = ROOT / "docs" / "operator-guide.md"
ELSEWHERE = {"up": "Prometheus", "leaddesk_backup_ended_at_seconds": "leaddesk-backup.service"}
"""Metrics that no server tells, and who does."""


def asked_for() -> set[str]:
    """The metrics of all expressions; of a histogram its name."""
    text = "".join(line for line in RULES.read_text("utf-8").splitlines(True) if "summary:" not in line)
    names = set(re.findall(r"\b(?:leaddesk|process)_[a-z_]+\b|\bup\b", text.partition("groups:")[2]))
    return {name.removesuffix("_bucket") for name in names}


def test_every_metric_of_the_alarms_is_told(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with running(tmp_path, f'certificate = "{certificate}"\ncertificate_key = "{key}"') as (_, url):
        page = httpx.get(f"{url}/metrics", verify=False, timeout=60).text
    told = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    assert len(asked_for()) > 12 and asked_for() - told == set(ELSEWHERE)
    unit = (ROOT / "packaging" / "server" / "leaddesk-backup.service").read_text("utf-8")
    assert "leaddesk_backup_ended_at_seconds" in unit


def test_every_alarm_is_in_the_guide() -> None:
    alarms = re.findall(r"- alert: (\w+)", RULES.read_text("utf-8"))
    guide = GUIDE.read_text("utf-8")
    assert len(alarms) > 12 and [name for name in alarms if f"`{name}`" not in guide] == []


@pytest.mark.warns("leaddesk.server.operations.health")
async def test_parts_are_told_as_they_were_when_last_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    works, asked = [True], asyncio.Event()

    async def check() -> None:
        asked.set()
        if not works[0]:
            raise OSError

    monkeypatch.setattr(figures, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(figures, "CHECK_EVERY", 1)
    metrics, health = Metrics(), Health({"storage": check})
    pulse = asyncio.create_task(figures.Pulse(metrics, health).run())
    for working in (True, False, True):
        works[0] = working
        for _ in range(2):  # the one under way may have begun before
            asked.clear()
            await asked.wait()
        await asyncio.sleep(0)
        assert health.last == {"storage": working}
        assert f'leaddesk_part_ready{{part="storage"}} {working:d}\n' in metrics.page()
    assert "leaddesk_loop_delay_seconds" in metrics.page()
    pulse.cancel()
    await asyncio.gather(pulse, return_exceptions=True)


@pytest.mark.warns("leaddesk.server.operations.health")
async def test_the_log_is_told_once_that_a_part_fails_and_once_that_it_works(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = [False]

    async def check() -> None:
        if not works[0]:
            raise OSError

    health = Health({"storage": check})
    with caplog.at_level("INFO", "leaddesk.server.operations.health"):
        for working in (False, False, True, True, False):
            works[0] = working
            assert await health.failing() == ([] if working else ["storage"])
    said = [record.getMessage() for record in caplog.records]
    assert said == ["storage does not work: OSError", "storage works again", "storage does not work: OSError"]


async def test_a_running_server_tells_who_watches_and_who_listens(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")

    async def page() -> str:
        return (await maren.client.get("/metrics")).text

    assert "leaddesk_background_working 0\n" in await page()
    async with trade.app.router.lifespan_context(trade.app):
        for _ in range(10_000):
            if "leaddesk_background_working 1\n" in await page():
                break
            await asyncio.sleep(0)
        told = await page()
    assert "leaddesk_background_working 1\n" in told
    assert "leaddesk_streams_open 0\n" in told and "leaddesk_night_due 0\n" in told
    assert "leaddesk_background_working 0\n" in await page()
    signed_at = float(re.findall(r"^leaddesk_signed_at_seconds (.+)$", told, re.MULTILINE)[0])
    assert datetime.fromtimestamp(signed_at, UTC).year >= 2026
