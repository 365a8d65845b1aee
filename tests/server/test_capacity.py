"""A population that does not fit is refused before it is begun, with the memory it needs."""

import pytest

from leaddesk.server import capacity, run
from leaddesk.server.capacity import free_bytes, needed_bytes


def test_the_memory_of_this_machine_is_known() -> None:
    free = free_bytes()
    assert free is not None and free > 0


def test_a_system_that_tells_nothing_refuses_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(capacity, "_MEMINFO", tmp_path_factory.mktemp("proc") / "nothing")
    assert free_bytes() is None


def test_more_leads_need_more_memory() -> None:
    assert needed_bytes(0) < needed_bytes(12_480) < needed_bytes(50_000)
    assert needed_bytes(200_000) < needed_bytes(1_000_000)


def test_the_refusal_names_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "free_bytes", lambda: 1_000_000_000)
    assert run.run_server("127.0.0.1", 0, 1_000_000) == 1
    assert "1000000 leads need 4.5 GiB of memory, 0.9 GiB are free" in capsys.readouterr().err
