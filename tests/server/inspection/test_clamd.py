"""The scanner's protocol over real sockets: a verdict, or none."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from leaddesk.server.inspection import clamd
from leaddesk.server.inspection.clamd import Clamd, ScannerUnreachable
from tests.support.scanner import EICAR, pretended_clamd


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_clean_and_found_over_tcp() -> None:
    async with pretended_clamd() as pretended:
        scanner = Clamd(pretended.address)
        large = bytes(range(256)) * 1000
        assert await scanner.is_clean(pieces(large, b"", b"x"))
        assert not await scanner.is_clean(pieces(EICAR[:20], EICAR[20:]))
        assert pretended.seen == [large + b"x", EICAR]


async def test_the_same_over_a_unix_socket(tmp_path: Path) -> None:
    async with pretended_clamd(tmp_path / "clamd.ctl") as pretended:
        assert await Clamd(pretended.address).is_clean(pieces(b"x"))


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"",
        b"stream: OK",
        b"OK\0",
        b"stream: \0",
        b"\0",
        b"x" * 10_000 + b"\0",
        b"stream: x FOUND OK\0",
    ],
)
async def test_anything_else_is_no_verdict(answer: bytes) -> None:
    async with pretended_clamd() as pretended:
        pretended.answer = answer
        with pytest.raises(ScannerUnreachable):
            await Clamd(pretended.address).is_clean(pieces(b"x"))


async def test_no_scanner_and_a_silent_one_are_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(clamd, "_ANSWER_SECONDS", 0.2)
        with pytest.raises(ScannerUnreachable):
            await Clamd(f"tcp:127.0.0.1:{port}").is_clean(pieces(b"x"))
    for nobody in (f"tcp:127.0.0.1:{port}", "unix:/nowhere/clamd.ctl"):
        with pytest.raises(ScannerUnreachable):
            await Clamd(nobody).is_clean(pieces(b"x"))


@pytest.mark.parametrize(
    "address", ["", "clamd", "tcp:", "tcp:host", "tcp::3310", "tcp:host:x", "http://x:1"]
)
def test_an_address_of_another_form_is_told(address: str) -> None:
    with pytest.raises(ValueError, match="tcp:127"):
        Clamd(address)
