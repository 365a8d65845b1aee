"""A configured server as a process: empty, named, silent about secrets, ended in order."""

import asyncio
import base64
import json
import os
import secrets
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.oversight.sqlite import SqliteAccess
from tests.server.operations.test_settings import FIRST, written
from tests.support.certificates import self_signed

VERIFIER = "v" * 43
HALF_A_REQUEST = (
    b"POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n"
    b"content-type: application/x-www-form-urlencoded\r\n\r\nx="
)


def outside() -> dict[str, str]:
    """The environment as an operator has it: nothing that the test runner set for itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LEADDESK_")}


@contextmanager
def running(tmp_path: Path, more: str = "", **environment: str) -> Iterator[tuple[Any, str]]:
    """Run a server; gives the process and its address."""
    config = tmp_path / "server.toml"
    config.write_text(f'[instance]\nname = "Nordwind"\n[server]\nport = 0\n{more}')
    command = [sys.executable, "-m", "leaddesk", "server", "run", "--config", str(config)]
    surroundings = outside() | environment
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=surroundings, **pipes) as server:  # type: ignore[call-overload]
        try:
            line = server.stdout.readline()
            if not line:
                raise AssertionError(server.stderr.read())
            said = json.loads(line)
            assert set(said) == {"url", "instance"} and said["instance"] == "Nordwind"
            yield server, said["url"]
        finally:
            server.kill()


def refusal(tmp_path: Path, content: str, *arguments: str) -> tuple[int, str]:
    config = tmp_path / "server.toml"
    config.write_text(content)
    command = [sys.executable, "-m", "leaddesk", "server", "run", "--config", str(config), *arguments]
    done = subprocess.run(command, env=outside(), capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


def signed_in(url: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=60)
    asked = {"email": FIRST["email"], "password": FIRST["password"], "codeChallenge": challenge_of(VERIFIER)}
    code = client.post("/oauth/challenge", json=asked).json()["authorization_code"]
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "client_id": CLIENT_ID,
    }
    token = client.post("/oauth/token", data=fields).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


def in_files(tmp_path: Path) -> str:
    for name in ("m1", "m2", "e1", "e2"):
        (tmp_path / name).mkdir(exist_ok=True)
    for name in ("master.key", "signing.key"):
        path = tmp_path / name
        path.touch(0o600)
        path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    first = written(tmp_path / "first.toml")
    return f"""
[keys]
mirrors = ["{tmp_path}/m1", "{tmp_path}/m2"]
epochs = ["{tmp_path}/e1", "{tmp_path}/e2"]
master_key_file = "{tmp_path}/master.key"
[access_log]
database = "{tmp_path}/access.sqlite"
signing_key_file = "{tmp_path}/signing.key"
sink = "{tmp_path}/sink.jsonl"
[bootstrap]
file = "{first}"
"""


@contextmanager
def half_a_request(url: str) -> Iterator[socket.socket]:
    """Begin a request whose body is not there yet, and wait until the server waits for it."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 60) as half:
        half.sendall(HALF_A_REQUEST)
        time.sleep(0.5)
        yield half


def test_it_starts_empty_with_its_first_admin_and_ends_with_everything_sealed(tmp_path: Path) -> None:
    more = in_files(tmp_path)
    with running(tmp_path, more) as (server, url):
        with closing(signed_in(url)) as ada:
            assert ada.get("/.well-known/leaddesk").json()["instance"] == "Nordwind"
            assert ada.get("/readyz").status_code == 200
            assert ada.get("/leads").json() == [] and ada.get("/leads").headers["x-total"] == "0"
            assert ada.get("/members").json()[0]["name"] == "Ada Lund"
            (told,) = ada.get("/operator-interventions").json()
            assert (told["act"], told["operator"], told["reference"]) == (
                "tenant.create",
                "h.petersen",
                "TICKET-1",
            )
            listed = [one["action"] for one in ada.get("/access-log").json()]
            assert len([one for one in listed if one != "sign-in"]) == 4  # that is written after its answer
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        log = server.stderr.read()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["route"] for line in lines if "route" in line} >= {"/leads", "/oauth/token", "/readyz"}
    assert not [value for value in FIRST.values() if value in log]
    signed = [json.loads(line) for line in (tmp_path / "sink.jsonl").read_text().splitlines()]
    (segment,) = [line for line in signed if line["kind"] == "access-segment"]
    (head,) = [line for line in signed if line["kind"] == "event-head"]
    assert head["tenant"] == segment["tenant"] and head["position"] >= 1
    assert segment["first"] == 1 and segment["last"] in (5, 6)
    assert FIRST["email"].encode() not in (tmp_path / "access.sqlite").read_bytes()
    with running(tmp_path, more) as (_, url), closing(signed_in(url)) as ada:
        # another first tenant: memory forgets, the file does not
        assert {one["action"] for one in ada.get("/access-log").json()} <= {"sign-in"}
    with sqlite3.connect(tmp_path / "access.sqlite") as beside:
        assert len(beside.execute("SELECT DISTINCT tenant_id FROM access_head").fetchall()) == 2
    beside.close()


def test_what_is_wrong_is_one_sentence_and_the_demos_options_are_the_demos(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[server]\nprot = 1")[1].endswith("prot is unknown; did you mean port?\n")
    code, said = refusal(tmp_path, '[instance]\nname = "N"', "--leads", "5")
    assert code == 2 and "belong to the demo" in said
    bad_key = tmp_path / "master.key"
    bad_key.write_text("nonsense")
    bad_key.chmod(0o600)
    content = '[instance]\nname = "N"\n' + in_files(tmp_path)
    (tmp_path / "master.key").write_text("nonsense!")
    assert refusal(tmp_path, content) == (2, "leaddesk server: keys.master_key_file: it is not base64\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refusal(tmp_path, f'[instance]\nname = "N"\n[server]\nport = {port}')
        assert code == 1 and "server.port: in use" in said
    pair = f'certificate = "{bad_key}"\ncertificate_key = "{bad_key}"'
    pair = f'[instance]\nname = "N"\n[server]\nport = 0\n{pair}'
    code, said = refusal(tmp_path, pair)
    assert code == 1 and "expected a PEM pair" in said


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    more = in_files(tmp_path)
    with running(tmp_path, more) as (server, _):
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
    (tmp_path / "master.key").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    code, said = refusal(tmp_path, '[instance]\nname = "N"\n[server]\nport = 0\n' + more)
    assert code == 2 and "expected the key that keys.epochs was made with" in said


def test_key_folders_that_a_server_has_open_are_refused_to_another(tmp_path: Path) -> None:
    more = in_files(tmp_path)
    with running(tmp_path, more):
        code, said = refusal(tmp_path, '[instance]\nname = "N"\n[server]\nport = 0\n' + more)
    assert code == 2 and "keys.mirrors: expected folders of this process alone" in said


def test_running_requests_end_streams_are_told_and_the_exit_code_is_0(tmp_path: Path) -> None:
    first = written(tmp_path / "first.toml")
    with running(tmp_path, f'[bootstrap]\nfile = "{first}"') as (server, url), closing(signed_in(url)) as ada:
        with half_a_request(url) as half, ada.stream("GET", "/events", timeout=60) as stream:
            lines = stream.iter_lines()
            next(lines)
            server.send_signal(signal.SIGTERM)
            assert list(lines)[-1:] in ([], [""])  # ended, not cut
            half.sendall(b"y" * 98)
            assert half.recv(1000).startswith(b"HTTP/1.1 400 ")
        assert server.wait(60) == 0


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "grace_seconds = 300") as (server, url), half_a_request(url):
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert server.poll() is None
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 130


def test_an_unwritable_access_log_answers_503_then_recovers(tmp_path: Path) -> None:
    more = in_files(tmp_path)
    with running(tmp_path, more) as (_, url), closing(signed_in(url)) as ada:
        assert ada.get("/members").status_code == 200
        storage = SqliteAccess(tmp_path / "access.sqlite")
        with storage.transaction():  # somebody holds the file
            answer = ada.get("/members", timeout=60)
            assert answer.status_code == 503 and "Ada" not in answer.text
            assert answer.json()["type"].endswith("access-log-unavailable")
            ready = ada.get("/readyz", timeout=60)
            assert (ready.status_code, ready.json()["field"]) == (503, "access-log")
        storage.close()
        deadline = time.monotonic() + 60
        while ada.get("/members", timeout=60).status_code != 200:
            assert time.monotonic() < deadline
        assert ada.get("/readyz", timeout=60).status_code == 200


def test_beyond_this_machine_it_speaks_tls(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    more = f'host = "0.0.0.0"\ncertificate = "{certificate}"\ncertificate_key = "{key}"'
    with running(tmp_path, more) as (_, url):
        assert url.startswith("https://0.0.0.0:")
        trusting = ssl.create_default_context(cafile=str(certificate))
        with httpx.Client(
            verify=trusting, base_url=url.replace("0.0.0.0", "127.0.0.1"), timeout=60
        ) as client:
            answer = client.get("/healthz")
            assert "max-age" in answer.headers["strict-transport-security"]
            assert answer.extensions["network_stream"].get_extra_info("ssl_object").version() >= "TLSv1.2"
        with pytest.raises(httpx.HTTPError):
            httpx.get(url.replace("https://0.0.0.0", "http://127.0.0.1") + "/healthz", timeout=60)


def test_a_proxy_that_was_named_tells_who_asks(tmp_path: Path) -> None:
    outside = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}
    with running(tmp_path, "behind_proxy = true") as (_, url):
        assert httpx.get(f"{url}/metrics", timeout=60).status_code == 200
        assert httpx.get(f"{url}/metrics", headers=outside, timeout=60).status_code == 404
        assert "strict-transport-security" in httpx.get(f"{url}/healthz", headers=outside, timeout=60).headers
    with running(tmp_path) as (_, url):
        assert (
            "strict-transport-security"
            not in httpx.get(f"{url}/healthz", headers=outside, timeout=60).headers
        )


@pytest.mark.parametrize("level", ["warning", "info"])
def test_the_log_level_is_obeyed(tmp_path: Path, level: str) -> None:
    with running(tmp_path, f'[log]\nlevel = "{level}"') as (server, url):
        assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        assert ("/healthz" in server.stderr.read()) == (level == "info")


async def test_many_wait_for_one_disk_and_not_for_each_other(tmp_path: Path) -> None:
    more = in_files(tmp_path)
    with running(tmp_path, more) as (_, url):
        with closing(signed_in(url)) as ada:
            token = ada.headers["authorization"]
        async with httpx.AsyncClient(base_url=url, headers={"authorization": token}, timeout=60) as client:
            answers = await asyncio.gather(*(client.get("/members", timeout=30) for _ in range(100)))
            assert {answer.status_code for answer in answers} == {200}
            page = (await client.get("/metrics")).text
    batches = int(float(page.split('batches_total{written="true"} ')[1].split("\n")[0]))
    assert batches <= 100
