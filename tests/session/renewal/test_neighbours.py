"""Two processes of one person renew once between them, and neither depends on the other (guarantee B6)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pwd
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from leaddesk.api import errors
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Secret
from leaddesk.session.renewal import neighbours
from leaddesk.session.renewal.neighbours import Handed, Neighbours, mark_of
from leaddesk.session.tokens import random_name
from tests.guarantees.signing_in.agreeing import CALLS, Window, windows
from tests.session.conftest import TokenServer

PATIENCE = 60.0


@pytest.fixture
def name() -> str:
    """A profile that no other test has."""
    return random_name()


async def test_two_hundred_refused_calls_of_two_windows_renew_once(
    client: ApiClient, tokens: TokenServer, name: str
) -> None:
    async with windows(client, name) as (one, other):
        await asyncio.gather(one.ask(), other.ask())
        assert tokens.refreshes == 1
        for _ in range(3):
            tokens.access.clear()
            tokens.refreshes, tokens.delay = 0, 0.01
            await asyncio.gather(one.ask(CALLS), other.ask(CALLS))
            assert tokens.refreshes == 1 and tokens.family_alive


async def test_without_an_agreement_the_second_renewal_is_taken_for_theft(
    client: ApiClient, tokens: TokenServer, name: str
) -> None:
    async with windows(client, name, meets=False) as both:
        tokens.delay = 0.01
        found = await asyncio.gather(*(one.ask() for one in both), return_exceptions=True)
        assert any(isinstance(one, errors.SessionOver) for one in found) and not tokens.family_alive


async def test_who_is_left_goes_on(client: ApiClient, tokens: TokenServer, name: str) -> None:
    async with windows(client, name) as (one, other):
        await asyncio.gather(one.ask(), other.ask())
        for gone in (one, other):
            assert gone.neighbours is not None
        leader, left = (one, other) if one.neighbours and one.neighbours._server else (other, one)
        assert leader.neighbours is not None
        leader.neighbours.leave()
        tokens.access.clear()
        await left.ask(CALLS)
        assert tokens.family_alive and tokens.refreshes == 2


async def test_one_that_says_nothing_holds_up_for_a_while_only(
    client: ApiClient, tokens: TokenServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "PATIENCE", 0.05)
    silent = Neighbours()
    never = asyncio.Event()

    async def hand(_mark: str) -> Handed | None:
        await never.wait()
        return None

    assert await silent.lead(name, hand)
    try:
        await Window(client, name).ask()
        assert tokens.refreshes == 1
    finally:
        silent.leave()


async def test_who_leaves_ends_the_answers_it_owes_at_once(name: str) -> None:
    leader, asked, never = Neighbours(), asyncio.Event(), asyncio.Event()

    async def hand(_mark: str) -> Handed | None:
        asked.set()
        await never.wait()
        return None

    assert await leader.lead(name, hand)
    asking = asyncio.create_task(Neighbours().ask(name, "-"))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    (answering,) = leader._answering
    leader.leave()
    await asyncio.wait({answering}, timeout=PATIENCE)
    assert answering.done() and await asyncio.wait_for(asking, PATIENCE) is None


async def test_an_answer_that_ends_the_session_comes_to_its_own_end(name: str) -> None:
    leader, tidied = Neighbours(), asyncio.Event()

    async def hand(_mark: str) -> Handed | None:
        leader.leave()
        await asyncio.sleep(0)  # the session is taken out of the keyring
        tidied.set()
        return None

    assert await leader.lead(name, hand)
    assert await Neighbours().ask(name, "-") is None
    await asyncio.wait_for(tidied.wait(), PATIENCE)


async def test_one_without_a_connection_lets_the_other_try_with_the_same_rotation(
    client: ApiClient, tokens: TokenServer, name: str
) -> None:
    async with windows(client, name) as both:
        tokens.down = True
        found = await asyncio.gather(*(one.ask() for one in both), return_exceptions=True)
        assert {type(one) for one in found} == {errors.Offline}
        tokens.down = False
        await asyncio.gather(*(one.ask() for one in both))
        assert tokens.family_alive


@pytest.mark.parametrize(
    "said", [b"", b"\n", b"{}\n", b'{"a":1,"s":1,"r":"x"}\n', b"x" * 10_000 + b"\n", b"[1]\n"]
)
async def test_nonsense_is_no_token(name: str, said: bytes) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    server = await asyncio.start_unix_server(talk, neighbours._name(name))
    try:
        assert await Neighbours().ask(name, mark_of(Secret("a"))) is None
    finally:
        server.close()


def piped(*words: str) -> subprocess.Popen[str]:
    """Run a program of Python that is told lines and tells lines."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-B", *words], text=True, stdin=pipe, stdout=pipe)


def told(one: subprocess.Popen[str], line: str) -> None:
    assert one.stdin is not None
    one.stdin.write(f"{line}\n")
    one.stdin.flush()


def heard(one: subprocess.Popen[str]) -> str:
    assert one.stdout is not None
    return one.stdout.readline()


SQUATTER = """
import os, socket, sys
if os.geteuid() == 0:
    os.setgid({gid}); os.setuid({uid})
held = socket.socket(socket.AF_UNIX)
held.bind({name!r}); held.listen()
print("there", flush=True)
sys.stdin.readline()
held.setblocking(False)
print("heard", len(held.accept()[0].recv(100)), "bytes", flush=True)
"""


async def test_somebody_else_at_the_place_is_told_nothing_and_believed_nothing(
    client: ApiClient, tokens: TokenServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root is two users; who is not takes itself for somebody else. The kernel is asked either way."""
    nobody = pwd.getpwnam("nobody")
    if os.geteuid() != 0:
        mine = os.getuid()
        monkeypatch.setattr(neighbours.os, "getuid", lambda: mine + 1)
    program = SQUATTER.format(uid=nobody.pw_uid, gid=nobody.pw_gid, name=neighbours._name(name))
    squatter = piped("-c", program)
    try:
        assert heard(squatter) == "there\n"
        await Window(client, name).ask()
        told(squatter, "")
        assert heard(squatter) == "heard 0 bytes\n" and tokens.refreshes == 1
    finally:
        squatter.kill()
        squatter.communicate()


async def test_a_stranger_who_knocks_gets_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def hand(mark: str) -> Handed | None:
        asked.append(mark)
        return Handed(Secret("a"), 60, Secret("r"))

    leader = Neighbours()
    assert await leader.lead(name, hand)
    try:
        found = await Neighbours().ask(name, "-")
        assert found is not None and found.access.reveal() == "a"
        monkeypatch.setattr(neighbours, "_is_ours", lambda _writer: False)
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(stranger, neighbours._name(name))
            await loop.sock_sendall(stranger, b"-\n")
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.wait_for(loop.sock_recv(stranger, 100), PATIENCE) == b""
        assert asked == ["-"]
    finally:
        leader.leave()


def test_what_is_handed_over_is_not_told() -> None:
    assert "a-secret" not in repr(Handed(Secret("a-secret"), 1, Secret("r")))
    assert mark_of(Secret("a-secret")) != mark_of(Secret("a-secreu")) and "secret" not in mark_of(
        Secret("secret")
    )


PROGRAM = """
import asyncio, sys
import httpx
from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Secret
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.renewal.neighbours import Neighbours
from leaddesk.session.tokens import Profile

async def main(address, name):
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as http:
        bearer = Bearer(ApiClient(http), MemoryVault(), neighbours=Neighbours())
        bearer.begin(Profile(name, address, Secret("r0")))
        api = ApiClient(http, bearer)
        for line in iter(lambda: sys.stdin.readline().strip(), ""):
            await asyncio.gather(*(api.ask(Call("GET", "/me")) for _ in range(int(line))))
            print("done", flush=True)
            await asyncio.sleep(0)
            served = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
            await served

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def endpoint(tokens: TokenServer) -> Iterator[str]:
    """The token endpoint at a socket."""
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = httpx.Request(
                self.command, f"http://x{self.path}", headers=dict(self.headers), content=body
            )
            with turn:
                answer = asyncio.run(tokens.handle(asked))
            content = answer.read()
            self.send_response(answer.status_code)
            for header in ("content-type", "content-length"):
                self.send_header(header, answer.headers.get(header, str(len(content))))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(PATIENCE)


def test_two_processes_renew_once_and_survive_each_other(
    endpoint: str, tokens: TokenServer, name: str
) -> None:
    one, other = (piped("-c", PROGRAM, endpoint, name) for _ in range(2))
    try:
        for each in (one, other):
            told(each, "20")
        assert [heard(each) for each in (one, other)] == ["done\n"] * 2
        assert tokens.refreshes == 1 and tokens.family_alive
        one.kill()
        one.wait(PATIENCE)
        tokens.access.clear()
        told(other, "next")
        told(other, "20")
        assert heard(other) == "done\n"
        assert tokens.refreshes == 2 and tokens.family_alive
    finally:
        for each in (one, other):
            each.kill()
            each.communicate()


def test_the_refresh_is_json_of_one_line() -> None:
    """What one version of the client says the next one must read."""
    line = json.dumps({"a": "x", "s": 1.5, "r": "y"}).encode() + b"\n"
    assert neighbours._read(line) == Handed(Secret("x"), 1.5, Secret("y"))
    line = json.dumps({"a": "x", "s": 1, "r": "y", "i": "z", "e": 60}).encode() + b"\n"
    assert neighbours._read(line) == Handed(Secret("x"), 1.0, Secret("y"), "z", 60.0)
    assert neighbours._read(line.replace(b"60", b'"soon"')) == Handed(Secret("x"), 1.0, Secret("y"), "z")
