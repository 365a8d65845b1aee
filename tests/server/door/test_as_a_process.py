"""A configured server as an operator meets it: its door, its sink, what somebody changed in its database."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.server.operations.test_configured import in_files, outside, running, signed_in
from tests.server.operations.test_settings import FIRST
from tests.support.typed import typed_here

WHY = ("--operator", "olga", "--reason", "The contract has ended.", "--reference", "T-7")


def typed(tmp_path: Path, *words: str, code: int = 0) -> str:
    """Type a command; what it printed, or complained in one line."""
    return told(typed_here(tmp_path, outside(), "server", *words), code)


def typed_outside(tmp_path: Path, *words: str, code: int = 0) -> str:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "leaddesk", "server", *words]
    return told(
        subprocess.run(
            command, env=outside(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        ),
        code,
    )


def told(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code and "Traceback" not in done.stderr, (done.returncode, done.stderr)
    assert not (done.stdout and done.stderr)
    return done.stdout or done.stderr


@pytest.fixture
def configured(tmp_path: Path) -> str:
    """A configuration with a door and everything in files."""
    (tmp_path / "run").mkdir(0o700)
    (tmp_path / "out").mkdir()
    door = f'[operator]\nsocket = "{tmp_path}/run/o.sock"\n[evidence]\nexports = "{tmp_path}/out"\n'
    return in_files(tmp_path) + door


def verified(tmp_path: Path, file: Path, code: int) -> str:
    public = tmp_path / "signing.pub"
    public.write_text(typed(tmp_path, "public-key", str(tmp_path / "signing.key")))
    held = ("--sink", str(tmp_path / "sink.jsonl"), "--public-key", str(public))
    return typed(tmp_path, "verify", str(file), *held, code=code)


def exported(tmp_path: Path) -> Path:
    said = typed(tmp_path, "export", "--config", "server.toml", "--json")
    return Path(json.loads(said)["file"])


def test_an_operator_finds_orders_and_ends_it(tmp_path: Path, configured: str) -> None:
    to = ("--config", "server.toml")
    with running(tmp_path, configured) as (server, url):
        assert typed_outside(tmp_path, "status", *to).endswith("Nordwind is ready.\n")
        assert "1 person, 0 leads" in typed(tmp_path, "tenants", *to)
        assert "wrapped anew" in typed(tmp_path, "turn-epoch", *to)
        assert "0 leads would be" in typed(tmp_path, "retention", "--dry-run", *to)
        assert "0 deliveries" in typed(tmp_path, "dead-letters", *to)
        with closing(signed_in(url)) as ada:
            made = json.loads(
                typed(tmp_path, "create-tenant", "Zweite GmbH", "bo@zwei.example", *WHY, *to, "--json")
            )
            tenant = ada.get("/me").json()["tenant"]["tenantId"]
            code = json.loads(typed(tmp_path, "delete-tenant", tenant, *WHY, *to, "--json"))["code"]
            assert ada.get("/me").status_code == 200
            assert "not the code" in typed(tmp_path, "delete-tenant", tenant, "--confirm", "x", *to, code=1)
            typed(tmp_path, "delete-tenant", tenant, "--confirm", code, *to)
            assert ada.get("/me").status_code == 401
        assert made["tenant"] in typed(tmp_path, "tenants", *to) and tenant not in typed(
            tmp_path, "tenants", *to
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        log = server.stderr.read()
    assert list((tmp_path / "run").iterdir()) == []
    assert "no server listens" in typed(tmp_path, "status", *to, code=1)
    noted = [json.loads(line) for line in log.splitlines() if "operator order" in line]
    assert [one["order"] for one in noted].count("delete-tenant") == 3
    secret = (made["password"], "bo@zwei.example", "Zweite", FIRST["email"], code)
    assert not [value for value in secret if value in log]


def test_after_a_kill_the_door_opens_again(tmp_path: Path, configured: str) -> None:
    for _ in range(2):
        with running(tmp_path, configured) as (server, _):
            typed(tmp_path, "status", "--config", "server.toml")
            server.kill()
            server.wait(60)
        assert "no server listens" in typed_outside(tmp_path, "status", "--config", "server.toml", code=1)


def test_two_servers_do_not_share_a_door(tmp_path: Path, configured: str) -> None:
    from tests.server.operations.test_configured import refusal

    other = configured
    for old, new in (("m1", "n1"), ("m2", "n2")):
        (tmp_path / new).mkdir()
        other = other.replace(f"{tmp_path}/{old}", f"{tmp_path}/{new}")
    with running(tmp_path, configured):
        code, said = refusal(tmp_path, f'[instance]\nname = "Zwei"\n[server]\nport = 0\n{other}')
        assert code == 2 and "operator.socket: another server listens there" in said


def changed(tmp_path: Path, sql: str) -> None:
    """Somebody who can write the access log's database changes one row."""
    with closing(sqlite3.connect(tmp_path / "access.sqlite")) as database:
        assert database.execute(sql).rowcount == 1
        database.commit()


def take_out_the_last_segment(tmp_path: Path) -> None:
    """Somebody takes a segment out of the export, and nothing out of the sink."""
    file = next((tmp_path / "out").glob("*.jsonl"))
    lines = file.read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if '"line":"segment"' in line)
    del lines[last]
    begins = next(number for number, line in enumerate(lines) if '"line":"tenant"' in line)
    counts: dict[str, Any] = json.loads(lines[begins])
    counts["segments"] -= 1
    lines[begins] = json.dumps(counts, separators=(",", ":")) + "\n"
    lines[-1] = lines[-1].replace(str(len(lines)), str(len(lines) - 1))
    file.write_text("".join(lines))


FIRST_ENTRY = "(SELECT MIN(position) FROM access_entry)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"UPDATE access_entry SET action = 'x' WHERE position = {FIRST_ENTRY}", "access 1: changed"),
        ("UPDATE access_segment SET sealed_at = '2026-01-01T00:00:00.000Z'", "not signed with this key"),
        ("UPDATE access_segment SET link = zeroblob(32)", "not those that were signed"),
        ("DELETE FROM access_segment", "access 1: cut off, "),
    ],
    ids=["an entry", "a segment's time", "a segment's link", "a segment gone"],
)
def test_what_was_signed_lies_in_the_sink_and_a_change_is_found(
    tmp_path: Path, configured: str, change: str, said: str
) -> None:
    with running(tmp_path, configured) as (_, url), closing(signed_in(url)) as ada:
        assert [ada.get("/members").status_code for _ in range(3)] == [200] * 3
        good = exported(tmp_path)
        signed = [json.loads(line)["kind"] for line in (tmp_path / "sink.jsonl").read_text().splitlines()]
        assert sorted(signed) == ["access-segment", "event-head"]
        # the sign-in is on record after its answer, so it may come beside the three that were waited for
        told = r"as it was written and signed: 4 events, [34] accesses, 4 signatures"
        assert re.search(told, verified(tmp_path, good, 0))
        changed(tmp_path, change)
        assert said in verified(tmp_path, exported(tmp_path), 1)
        assert verified(tmp_path, good, 0)


def test_a_segment_taken_out_of_an_export_is_missed(tmp_path: Path, configured: str) -> None:
    with running(tmp_path, configured) as (_, url), closing(signed_in(url)) as ada:
        assert ada.get("/members").status_code == 200
        good = exported(tmp_path)
    take_out_the_last_segment(tmp_path)
    public, sink = tmp_path / "signing.pub", tmp_path / "sink.jsonl"
    public.write_text(typed_outside(tmp_path, "public-key", str(tmp_path / "signing.key")))
    held = ("--sink", str(sink), "--public-key", str(public))
    assert "missing" in typed_outside(tmp_path, "verify", str(good), *held, code=1)


def test_a_door_that_cannot_be_is_one_sentence(tmp_path: Path, configured: str) -> None:
    from tests.server.operations.test_configured import refusal

    (tmp_path / "run").chmod(0o755)
    code, said = refusal(tmp_path, f'[instance]\nname = "N"\n[server]\nport = 0\n{configured}')
    assert code == 2 and "operator.socket: expected its folder" in said
