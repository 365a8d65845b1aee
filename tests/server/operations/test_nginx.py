"""Two servers behind a real nginx, as packaging/server/nginx.conf has it."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.attachments.uploading import LARGEST_FILE
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.web.attachments.uploads import LARGEST_UPLOAD
from leaddesk.server.web.edge.gate import MAX_BODY
from tests.server.operations.test_settings import FIRST, written
from tests.support.deployed import Deployed, deployed
from tests.support.folders import short_folder
from tests.support.nginx import PATIENCE, SHIPPED, Front, behind_nginx
from tests.support.postgres import Cluster
from tests.support.processes import Through, Tokens, new_key

CANARY = "Kanarie-51d0"
PDF = b"%PDF-1.7\n"
NOTE = {"text": CANARY, "intern": True}


@dataclass
class House:
    """The proxy, both servers, and somebody who signed in through it."""

    front: Front
    behind: Deployed
    ada: Tokens

    @property
    def whose(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.ada.access}"}

    @property
    def keyed(self) -> dict[str, str]:
        return self.whose | {"idempotency-key": new_key()}

    @property
    def lead(self) -> str:
        """A lead, just entered."""
        return str(self.behind.leads(1)[0])


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    with short_folder("front-") as folder:
        (folder / "front").mkdir()
        with (
            deployed(folder, cluster, written(folder / "first.toml"), per_network=1) as behind,
            behind_nginx(folder / "front", behind.ports) as front,
            front.client() as client,
        ):
            yield House(front, behind, Through(client).sign_in(FIRST["email"], FIRST["password"]))


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.front.client() as client:
        yield client


def test_signed_in_and_reading_a_page_with_tls(house: House, client: httpx.Client) -> None:
    lead_id = house.lead
    answer = client.get("/leads", headers=house.whose)
    assert lead_id in answer.text and "max-age" in answer.headers["strict-transport-security"]
    session = answer.extensions["network_stream"].get_extra_info("ssl_object")
    assert session.version() in ("TLSv1.2", "TLSv1.3")


def test_what_happens_is_told_while_the_stream_is_open(house: House, client: httpx.Client) -> None:
    """A proxy that held it back would tell at the end of the stream, which does not come."""
    lead_id = house.lead
    with client.stream("GET", "/events", headers=house.whose) as stream:
        lines = stream.iter_lines()
        next(lines)
        with house.front.client() as other:
            answer = other.post(f"/leads/{lead_id}/notes", json=NOTE, headers=house.keyed)
        assert answer.status_code == 201
        assert any(lead_id in line for line in lines)


def test_an_upload_at_the_limit_passes_and_nothing_larger(house: House, client: httpx.Client) -> None:
    path = f"/leads/{house.lead}/attachments"
    for size, status in ((LARGEST_FILE, 204), (LARGEST_FILE + 1, 413), (LARGEST_UPLOAD + 1, 413)):
        asked = {"filename": "Angebot.pdf", "contentType": "application/pdf"}
        target = client.post(path, json=asked, headers=house.keyed).json()
        content = PDF + b"\0" * (size - len(PDF))
        answer = sent(client, target, content)
        assert answer is None or answer.status_code == status, answer.text
    (file,) = client.get(path, headers=house.whose).json()
    got = client.get(f"{path}/{file['attachmentId']}", headers=house.whose)
    assert len(got.content) == LARGEST_FILE


def sent(client: httpx.Client, target: dict[str, Any], content: bytes) -> httpx.Response | None:
    """Upload; nothing when the line was closed on somebody who goes on sending after a refusal."""
    assert target["uploadUrl"].startswith("https://localhost")
    here = httpx.URL(target["uploadUrl"]).path
    try:
        return client.post(here, data=target["fields"], files={"file": ("x", content)})
    except httpx.NetworkError:
        assert len(content) > LARGEST_FILE
        return None


def test_limits_are_those_of_the_server() -> None:
    sizes = [int(found) for found in re.findall(r"client_max_body_size (\d+)k;", SHIPPED.read_text("utf-8"))]
    assert [1024 * size for size in sizes] == [MAX_BODY, LARGEST_UPLOAD]
    held = re.findall(r"client_body_buffer_size (\d+)k;", SHIPPED.read_text("utf-8"))
    assert [1024 * int(size) for size in held] == [MAX_BODY], "what is not held in memory is written to disk"


def test_a_body_at_the_limit_reaches_the_server_a_larger_one_is_a_problem(
    house: House, client: httpx.Client
) -> None:
    for size, status in ((MAX_BODY, 400), (MAX_BODY + 1, 413)):
        answer = client.post("/leads", content=b"x" * size, headers=house.keyed)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == ProblemType.TOO_LARGE


def test_who_asks_is_what_nginx_says_not_what_the_caller_claims(house: House) -> None:
    """A network without a credential has so many requests; whoever makes addresses up has no more."""

    def asked(client: httpx.Client, claimed: str) -> int:
        headers = {"x-forwarded-for": claimed, "forwarded": f"for={claimed}"}
        return client.get("/.well-known/leaddesk", headers=headers).status_code

    with house.front.client("127.0.0.2") as client, house.front.client("127.0.0.3") as neighbour:
        codes = (asked(client, f"198.51.100.{number}") for number in range(250))
        assert 429 in codes
        assert asked(neighbour, "127.0.0.2") == 200, "another address has its own"


def test_what_is_not_for_outside_is_not_there(house: House, client: httpx.Client) -> None:
    assert {client.get(path).status_code for path in ("/metrics", "/readyz")} == {404}
    with (
        house.front.client() as other,
        pytest.raises(httpx.ConnectError, match=r"(?i)unrecognized|handshake"),
    ):
        other.get("/healthz", extensions={"sni_hostname": "elsewhere.example"})
    plain = httpx.get(f"http://127.0.0.1:{house.front.closed}/healthz", timeout=60)
    assert plain.status_code == 404 and "location" not in plain.headers
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", house.front.port)) as line:
        old = ssl.create_default_context(cafile=str(house.front.certificate))
        old.set_ciphers("AES128-SHA@SECLEVEL=0")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        old.wrap_socket(line, server_hostname="localhost")


def test_a_killed_process_is_the_other_ones_work(house: House, client: httpx.Client) -> None:
    """Writers go on while one of the two is killed: every write is answered, and done once."""
    lead_id, over = house.lead, threading.Event()
    path = f"/leads/{lead_id}/notes"
    done: list[int] = []
    kept = [0] * 4

    def write(number: int) -> None:
        with house.front.client() as own:
            while not over.is_set():
                done.append(whole(own, "POST", path, house.keyed, json=NOTE))
                done.append(whole(own, "GET", "/leads?maxResults=1", house.whose))
                done.append(whole(own, "GET", f"/leads?search={CANARY}", house.whose))
                kept[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(kept))]
    for one in threads:
        one.start()
    try:
        wait_for(kept)
        house.behind.servers[0].kill()
        wait_for(kept)
    finally:
        over.set()
        for one in threads:
            one.join(PATIENCE)
    assert set(done) == {201, 200, 400}
    assert notes_of(house, lead_id) == done.count(201)
    assert CANARY not in house.front.logged() and lead_id not in house.front.logged()
    assert "127.0.0.1:" in house.front.logged(), "it does write a log, of upstreams"


def whole(client: httpx.Client, method: str, path: str, headers: dict[str, str], **more: Any) -> int:
    """Ask; once more, with the same key, where half an answer came: no proxy can mend that."""
    try:
        return client.request(method, path, headers=headers, **more).status_code
    except httpx.RemoteProtocolError:
        return client.request(method, path, headers=headers, **more).status_code


def notes_of(house: House, lead_id: str) -> int:
    with house.behind.log.for_tenant(Scope(house.behind.tenant)).reading() as unit:
        sql = "SELECT COUNT(*) FROM event WHERE tenant_id = ? AND kind = 'NoteAdded' AND stream_id = ?"
        ((count,),) = unit.select(sql, lead_id)
    return int(count)


def wait_for(kept: list[int]) -> None:
    """Wait until each writer has got on."""
    before, pause = list(kept), threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if all(now > then + 1 for now, then in zip(kept, before, strict=True)):
            return
        pause.wait(0.01)
    raise AssertionError("the writers stand still")


@dataclass
class Deaf:
    """Servers that read a request and hang up: nobody knows what they have done."""

    ports: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def deaf() -> Iterator[Deaf]:
    made = Deaf()
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                made.asked.append(line.recv(65_536).split(b" ")[0].decode())

    threads = [threading.Thread(target=serve, args=(one,)) for one in sockets]
    made.ports += [one.getsockname()[1] for one in sockets]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        for one in sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in threads:
            thread.join(PATIENCE)


def test_only_what_does_no_harm_is_asked_of_the_second() -> None:
    counts: dict[tuple[str, bool], int] = {}
    with (
        short_folder("deaf-") as folder,
        deaf() as nobody,
        behind_nginx(folder, nobody.ports) as front,
        front.client() as client,
    ):
        for method in ("GET", "PUT", "DELETE", "POST", "PATCH"):
            for headers in ({}, {"idempotency-key": new_key()}):
                nobody.asked.clear()
                answer = client.request(method, "/leads", headers=headers)
                assert (answer.status_code, answer.json()["type"]) == (503, ProblemType.NOT_READY)
                assert answer.headers["retry-after"] == "1"
                counts[method, bool(headers)] = len(nobody.asked)
    once = {("POST", False), ("PATCH", False)}
    assert counts == {asked: 1 if asked in once else 2 for asked in counts}
