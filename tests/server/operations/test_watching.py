"""Logs, metrics, health: what operators see holds nobody; broken parts are named and recover."""

import json
import logging
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from leaddesk.server.operations.logs import FACTS, DailyNames, JsonLines
from leaddesk.server.operations.metrics import BUCKETS, Metrics
from leaddesk.server.oversight import sqlite
from tests.support.trade import Trade

CANARY = "Canary-7f3a"
SAMPLE = re.compile(
    r'[a-z_]+(_bucket|_sum|_count)?(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+|# .+'
)


def line_of(record: logging.LogRecord) -> dict[str, object]:
    told: dict[str, object] = json.loads(JsonLines().format(record))
    return told


def record_of(name: str, message: str, *args: object, **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.ERROR, "f", 1, message, args, None, extra=extra)


def test_a_line_is_one_object_with_its_facts() -> None:
    told = line_of(record_of("leaddesk.server.x", "%s failed", "sweeping", **{FACTS: {"status": 503}}))
    assert (told["message"], told["status"], told["level"]) == ("sweeping failed", 503, "error")
    assert str(told["at"]).endswith("Z") and "\n" not in json.dumps(told)


def test_of_a_library_only_the_template_is_kept_of_an_error_only_type_and_place() -> None:
    assert line_of(record_of("uvicorn.error", "for %s", CANARY))["message"] == "for %s"
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        record = record_of("leaddesk.server.x", "unhandled")
        record.exc_info = (type(error), error, error.__traceback__)
    told = line_of(record)
    assert told["error"] == "RuntimeError" and CANARY not in json.dumps(told)


def test_pseudonyms_change_daily_and_with_every_start() -> None:
    now = [datetime(2026, 11, 22, 23, 59, tzinfo=UTC)]
    names = DailyNames(lambda: now[0])
    today = names.of("person", "m-1")
    assert today == names.of("person", "m-1") and today != names.of("tenant", "m-1")
    assert today != DailyNames(lambda: now[0]).of("person", "m-1")
    now[0] += timedelta(minutes=2)
    assert names.of("person", "m-1") != today


def test_metrics_are_written_as_prometheus_reads_them() -> None:
    metrics = Metrics()
    metrics.counter("x_total", "Things")
    metrics.histogram("y_seconds", "Times")
    metrics.gauge("z", "Now", lambda: 1.5)
    metrics.count("x_total", (("route", 'a"b\\c\nd'),), 2)
    for seconds in (0.0005, 0.001, 0.3, 99):
        metrics.observe("y_seconds", seconds)
    page = metrics.page()
    assert 'x_total{route="a\\"b\\\\c\\nd"} 2\n' in page and "\nz 1.5\n" in page
    assert 'y_seconds_bucket{le="0.001"} 2\n' in page and 'y_seconds_bucket{le="+Inf"} 4\n' in page
    assert "y_seconds_count 4\n" in page and page.count("y_seconds_bucket") == len(BUCKETS) + 1
    assert all(SAMPLE.fullmatch(line) for line in page.splitlines() if "a\\" not in line)


async def test_requests_are_counted_by_route_and_tell_of_nobody(trade: Trade) -> None:
    lead = trade.add_lead(marker=CANARY)
    maren = await trade.sign_in("Maren")
    await maren.get(f"/leads/{lead}")
    await maren.client.get(f"/leads/{CANARY}")
    await maren.client.get(f"/{CANARY}", params={CANARY: CANARY})
    page = (await maren.client.get("/metrics")).text
    assert 'requests_total{method="GET",route="/leads/{lead_id}",status="200"} 1' in page
    assert 'route="none",status="404"' in page
    assert 'leaddesk_access_log_entries_total{written="true"} 1' in page
    assert "leaddesk_requests_running 1\n" in page
    assert all(SAMPLE.fullmatch(line) for line in page.splitlines()), page
    hidden = (CANARY, lead, trade.wagner, trade.members["Maren"], "Maren", "Wagner")
    assert not [value for value in hidden if value in page]


async def test_metrics_are_for_named_networks_only(trade: Trade) -> None:
    def client(source: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(trade.app, client=(source, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://server")

    for source, headers, status in (
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("nonsense", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 404),  # a proxy that nobody told us of
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}, 404),
    ):
        async with client(source) as asking:
            assert (await asking.get("/metrics", headers=headers)).status_code == status, (source, headers)


async def test_a_line_of_a_request_holds_the_route_and_pseudonyms_of_the_day(
    trade: Trade, caplog: pytest.LogCaptureFixture
) -> None:
    lead = trade.add_lead(marker=CANARY)
    maren = await trade.sign_in("Maren")
    with caplog.at_level(logging.INFO, "leaddesk.server.requests"):
        answer = await maren.client.get(f"/leads/{lead}")
        await maren.client.get("/leads", params={"commission.stepName": CANARY})
    lines = [line_of(record) for record in caplog.records if record.name == "leaddesk.server.requests"]
    assert [line["route"] for line in lines] == ["/leads/{lead_id}", "/leads"]
    assert answer.headers["x-request-id"] == lines[0]["requestId"]
    assert (lines[0]["status"], lines[0]["method"]) == (200, "GET")
    assert lines[0]["person"] == lines[1]["person"] and str(lines[0]["person"]).startswith("person-")
    text = json.dumps(lines)
    hidden = (CANARY, lead, trade.wagner, trade.members["Maren"], "Maren", "token")
    assert not [value for value in hidden if value in text]


async def test_readiness_names_what_does_not_work_and_recovers(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "leaddesk")

    def failing(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError(CANARY)

    async def asked() -> tuple[int, str | None]:
        answer = await client.get("/readyz")
        assert CANARY not in answer.text
        return answer.status_code, answer.json().get("field")

    transport = httpx.ASGITransport(trade.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        assert await asked() == (503, "background")
        async with trade.app.router.lifespan_context(trade.app):
            assert await asked() == (200, None)
            with monkeypatch.context() as broken:
                broken.setattr(sqlite, "_PROBE", "INSERT INTO nowhere VALUES (1)")
                assert await asked() == (503, "access-log")
            with monkeypatch.context() as broken:
                broken.setattr(type(trade.storage), "tenants", failing)
                assert await asked() == (503, "storage")
            with monkeypatch.context() as broken:
                broken.setattr(type(trade.services.office.log.keys), "transaction", failing)
                assert await asked() == (503, "key-store")
            assert await asked() == (200, None)
