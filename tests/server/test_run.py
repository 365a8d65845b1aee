"""``leaddesk server run``: one JSON line when ready, an orderly end, nothing else on stdout."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

LEADS = 30


@pytest.fixture
def server() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "leaddesk", "server", "run", "--leads", str(LEADS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        yield server
        server.kill()


def ready(server: "subprocess.Popen[str]") -> dict[str, Any]:
    assert server.stdout is not None
    said: dict[str, Any] = json.loads(server.stdout.readline())
    return said


def test_the_ready_line_names_address_tenants_people_and_keys(server: "subprocess.Popen[str]") -> None:
    said = ready(server)
    assert said["url"].startswith("http://127.0.0.1:")
    assert [tenant["name"] for tenant in said["tenants"]] == [
        "Heiztechnik Wagner AG",
        "Solar Nord GmbH",
        "Lorenzen Wärmetechnik GmbH",
    ]
    email = said["tenants"][0]["people"][0]["email"]
    assert httpx.post(said["url"] + "/password-resets", json={"email": email}, timeout=60).status_code == 202
    assert httpx.get(said["url"] + "/outbox/x", timeout=60).status_code == 404
    for _ in range(600):
        outbox = httpx.get(said["outbox"], timeout=60).text
        if "/account/password?ticket=" in outbox:
            break
        threading.Event().wait(0.1)
    assert email in outbox and f"{said['url']}/account/password?ticket=" in outbox
    for tenant in said["tenants"]:
        assert set(tenant) == {"name", "id", "apiKey", "people"}
        assert all(set(person) == {"name", "email", "password", "role"} for person in tenant["people"])
    answer = httpx.get(
        said["url"] + "/test", headers={"authorization": said["tenants"][0]["apiKey"]}, timeout=60
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(server: "subprocess.Popen[str]", how: signal.Signals) -> None:
    ready(server)
    server.send_signal(how)
    assert server.wait(60) == 0
    assert server.stdout is not None and server.stderr is not None
    assert server.stdout.read() == "" and server.stderr.read() == ""


def test_an_open_push_stream_does_not_hold_up_the_end(server: "subprocess.Popen[str]") -> None:
    said = ready(server)
    headers = {"authorization": said["tenants"][0]["apiKey"]}
    with httpx.stream("GET", said["url"] + "/events", headers=headers, timeout=60) as stream:
        assert stream.status_code == 200
        next(stream.iter_lines())
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


def test_credentials_are_new_in_every_run(server: "subprocess.Popen[str]") -> None:
    first = ready(server)
    command = [sys.executable, "-m", "leaddesk", "server", "run", "--leads", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        second = ready(other)
        other.kill()
    assert first["tenants"][0]["id"] == second["tenants"][0]["id"]
    assert first["tenants"][0]["apiKey"] != second["tenants"][0]["apiKey"]
    assert first["tenants"][0]["people"][0]["password"] != second["tenants"][0]["people"][0]["password"]


def test_a_ready_line_that_nobody_reads_is_one_sentence() -> None:
    command = [sys.executable, "-m", "leaddesk", "server", "run", "--leads", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as deaf:
        assert deaf.stdout is not None and deaf.stderr is not None
        deaf.stdout.close()
        assert deaf.wait(60) == 1
        assert deaf.stderr.read().startswith("leaddesk server: nobody reads")
