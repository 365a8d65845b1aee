"""Every answer a network can produce becomes one error of the tree, within its time and bytes."""

from __future__ import annotations

import asyncio
import gzip
import os
import traceback
from pathlib import Path

import pytest

from leaddesk.api import errors
from leaddesk.api.call import Call, Limits, path
from leaddesk.api.client import ApiClient
from leaddesk.api.gate import Pass
from leaddesk.api.signin import challenge
from leaddesk.api.transport import KEPT_IDLE_SECONDS
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import ChallengeRequest
from leaddesk.personal.masked import Secret
from leaddesk.server.process import IDLE_SECONDS
from tests.api.conftest import Answering, Request, answer, client_of, raw_server

SMALL = Limits(seconds=60, bytes=64 * 1024)
GET = Call("GET", "/leads/Canary-4711", limits=SMALL)
HURRIED = Call("GET", "/leads/Canary-4711", limits=Limits(seconds=0.4, bytes=64 * 1024))
PROBLEM = b'{"type":"urn:leaddesk:problem:stale-serial","title":"t","status":409,"currentSerial":8}'


async def outcome(answering: Answering, call: Call = GET) -> errors.ApiError | bytes:
    async with raw_server(answering) as server, client_of(server) as client:
        try:
            return (await client.ask(call)).body
        except errors.ApiError as failure:
            return failure


async def test_a_refused_connection_is_offline(nobody: ApiClient) -> None:
    with pytest.raises(errors.Offline):
        await nobody.ask(GET)


@pytest.mark.parametrize(
    ("answering", "expected"),
    [
        (answer(b"{}", "301 Moved", location="/elsewhere"), errors.Redirected),
        (answer(b"{}", "302 Found", location="https://portal.example/"), errors.Portal),
        (answer(b"<html>Log in to the hotel", "511 Network", "text/html"), errors.Portal),
        (answer(b"<html>", "403 Forbidden", "text/html"), errors.Portal),
        (answer(b"", "503 Down", retry_after="99999999"), errors.Unavailable),
        (answer(b"x" * 70_000), errors.TooLarge),
        (answer(b"not gzip", content_encoding="gzip"), errors.Malformed),
        (answer(gzip.compress(b"x")[:-4], content_encoding="gzip"), errors.Malformed),
        (answer(gzip.compress(gzip.compress(b"x")), content_encoding="gzip, gzip"), errors.Malformed),
        (answer(gzip.compress(b"x"), content_encoding="br"), errors.Malformed),
        (answer(b'{"error":"invalid_grant"}', "400 Bad Request"), errors.GrantRefused),
        (answer(b"", "429 Slow down", retry_after="7"), errors.Throttled),
    ],
)
async def test_strange_answers_have_a_name(answering: Answering, expected: type) -> None:
    assert type(await outcome(answering)) is expected


async def test_a_problem_keeps_its_type_and_serial() -> None:
    failure = await outcome(answer(PROBLEM, "409 Conflict", "application/problem+json; charset=utf-8"))
    assert isinstance(failure, errors.Refused)
    assert (failure.kind, failure.current_serial) == (ProblemType.STALE_SERIAL, 8)


async def test_an_unknown_problem_type_is_still_a_refusal() -> None:
    failure = await outcome(
        answer(PROBLEM.replace(b"stale-serial", b"new"), "409 Conflict", "application/problem+json")
    )
    assert isinstance(failure, errors.Refused)
    assert failure.kind is None


async def test_a_lying_retry_after_is_capped() -> None:
    failure = await outcome(answer(b"", "503 Down", retry_after="99999999"))
    assert isinstance(failure, errors.Unavailable)
    assert failure.retry_after == errors.RETRY_AFTER_CAP
    assert errors.retry_after("Wed, 21 Oct 2026 07:28:00 GMT") is None
    assert errors.retry_after("-5") is None
    assert errors.retry_after("0") == 1.0


async def test_a_dripping_body_ends_at_the_deadline() -> None:
    async def drip(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert isinstance(await outcome(drip, HURRIED), errors.TimedOut)


async def test_a_dripping_head_ends_at_the_deadline() -> None:
    async def drip(_request: Request, writer: asyncio.StreamWriter) -> None:
        for character in b"HTTP/1.1 200 OK\r\nx-long: " + b"y" * 1000:
            writer.write(bytes([character]))
            await writer.drain()
            await asyncio.sleep(0.02)

    assert isinstance(await outcome(drip, HURRIED), errors.TimedOut)


async def test_an_endless_body_stops_at_the_cap() -> None:
    async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"2000\r\n" + b"x" * 8192 + b"\r\n")
            await writer.drain()

    assert isinstance(await outcome(endless), errors.TooLarge)


async def test_a_compression_bomb_never_unfolds() -> None:
    bomb = gzip.compress(b"\0" * (200 * 1024 * 1024), 9)
    before = _resident()
    assert isinstance(await outcome(answer(bomb, content_encoding="gzip")), errors.TooLarge)
    assert _resident() - before < 64 * 1024 * 1024


async def test_a_cut_line_is_tried_once_more_for_reading_only() -> None:
    async def cut(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")

    async with raw_server(cut) as server, client_of(server) as client:
        with pytest.raises(errors.Interrupted):
            await client.ask(GET)
        assert len(server.requests) == 2
        with pytest.raises(errors.Interrupted):
            await client.ask(Call("POST", "/x", key="k", limits=SMALL))
        assert len(server.requests) == 3
        with pytest.raises(errors.Interrupted):
            await client.ask(Call("POST", "/x", harmless=True, limits=SMALL))
        assert len(server.requests) == 5


async def test_a_password_is_sent_again_when_the_server_closes_an_idle_line_just_then() -> None:
    told = [b""]

    async def first_nothing(_request: Request, writer: asyncio.StreamWriter) -> None:
        if told:
            told.pop()
            return
        await answer(b'{"authorization_code": "c-1"}')(_request, writer)

    async with raw_server(first_nothing) as server, client_of(server) as client:
        request = ChallengeRequest(email="m@x.example", password="x", code_challenge="y" * 43)
        assert (await challenge(client, request)).authorization_code == "c-1"
        assert len(server.requests) == 2


def test_an_idle_line_is_given_up_before_our_server_does() -> None:
    assert KEPT_IDLE_SECONDS < IDLE_SECONDS


async def test_redirects_and_cookies_are_not_followed_nor_kept() -> None:
    async with raw_server(answer(b"{}", set_cookie="a=b; Path=/")) as server, client_of(server) as client:
        await client.ask(GET)
        await client.ask(GET)
        assert all("cookie" not in request.headers for request in server.requests)


async def test_ids_cannot_change_the_endpoint() -> None:
    assert path("/leads/{}/notes", "../offers?x=#") == "/leads/..%2Foffers%3Fx%3D%23/notes"


async def test_failures_show_nothing_of_the_call(nobody: ApiClient) -> None:
    try:
        await nobody.ask(GET)
    except errors.ApiError as failure:
        text = "".join(traceback.format_exception(failure)) + repr(failure) + repr(GET)
        assert "4711" not in text
        assert "127.0.0.1" not in text


async def test_the_key_log_variable_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    async with raw_server(answer(b"{}")) as server, client_of(server) as client:
        await client.ask(GET)
    assert is_empty(tmp_path)
    assert "SSLKEYLOGFILE" not in os.environ


class TurnedGate:
    """Renews once; forgets the generation when told."""

    def __init__(self) -> None:
        self.current = Pass(Secret("Bearer old"), 1)
        self.renewals = 0

    async def enter(self) -> Pass:
        return self.current

    async def renew(self, refused: Pass) -> Pass:
        self.renewals += 1
        self.current = Pass(Secret("Bearer new"), 1)
        return self.current

    def admits(self, used: Pass) -> bool:
        return used.generation == self.current.generation


async def by_token(request: Request, writer: asyncio.StreamWriter) -> None:
    good = request.headers.get("authorization") == "Bearer new"
    await (answer(b"{}") if good else answer(b"", "401 Unauthorized"))(request, writer)


async def test_a_401_is_renewed_once_and_asked_again() -> None:
    async with raw_server(by_token) as server, client_of(server) as client:
        gate = TurnedGate()
        assert (await ApiClient(client._http, gate).ask(GET)).body == b"{}"
        assert gate.renewals == 1


async def test_a_second_401_stands() -> None:
    async with raw_server(answer(b"", "401 Unauthorized")) as server, client_of(server) as client:
        with pytest.raises(errors.Refused):
            await ApiClient(client._http, TurnedGate()).ask(GET)
        assert len(server.requests) == 2


async def test_a_late_answer_is_dropped() -> None:
    gate = TurnedGate()

    async def late(request: Request, writer: asyncio.StreamWriter) -> None:
        gate.current = Pass(None, 2)
        await answer(b"{}")(request, writer)

    async with raw_server(late) as server, client_of(server) as client:
        with pytest.raises(errors.Superseded):
            await ApiClient(client._http, gate).ask(GET)


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_the_wait_a_server_asked_for_is_known_whatever_the_error() -> None:
    assert errors.wait_of(errors.Throttled(None, 7.0)) == errors.wait_of(errors.Unavailable(7.0)) == 7.0
    assert errors.wait_of(errors.Throttled(None, None)) == errors.wait_of(errors.Offline()) == 0.0
