"""The scan hook against a real clamd: a verdict where there is one, nothing handed out where there is none.

Not part of ``make test``: ``make test-clamd`` brings the program along. What clamd says beside a verdict is
its own business, so these tests look at what the server makes of it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from leaddesk.server.app import build_app
from leaddesk.server.commands.attachments import scanning
from leaddesk.server.commands.attachments.scanning import Scanning
from leaddesk.server.inspection.clamd import Clamd, ScannerUnreachable
from leaddesk.server.web.beside.outside import Outside
from tests.support.clamd import LOOKED_INTO, STREAM, RealClamd, real_clamd
from tests.support.scanner import EICAR
from tests.support.serving import served
from tests.support.trade import Trade, opened

PATIENCE = 60.0


@pytest.fixture
async def clamd() -> AsyncIterator[RealClamd]:
    async with real_clamd() as clamd:
        yield clamd


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("way", ["unix", "tcp"])
async def test_clean_and_infected(clamd: RealClamd, way: str) -> None:
    scanner = Clamd(getattr(clamd, way))
    assert await scanner.is_clean(pieces(b"Angebot"))
    assert await scanner.is_clean(pieces(b""))
    assert await scanner.is_clean(pieces(*[os.urandom(999)] * 100))
    assert not await scanner.is_clean(pieces(EICAR))
    assert not await scanner.is_clean(pieces(b"%PDF-1.7\n" * 999, EICAR[:30], EICAR[30:], b"\n%%EOF"))


async def test_several_files_at_once(clamd: RealClamd) -> None:
    scanner = Clamd(clamd.unix)
    contents = [EICAR if number % 3 == 0 else os.urandom(9_999) for number in range(24)]
    verdicts = await asyncio.gather(*(scanner.is_clean(pieces(content)) for content in contents))
    assert verdicts == [content != EICAR for content in contents]


@pytest.mark.parametrize("way", ["unix", "tcp"])
async def test_a_file_that_is_too_large_has_no_verdict(clamd: RealClamd, way: str) -> None:
    """clamd says so and hangs up while it is still being sent."""
    scanner = Clamd(getattr(clamd, way))
    for size in (STREAM + 1, 100 * STREAM):
        with pytest.raises(ScannerUnreachable):
            await scanner.is_clean(pieces(bytes(size)))
    assert await scanner.is_clean(pieces(b"the next one"))


async def test_what_is_not_looked_into_is_not_called_clean(clamd: RealClamd) -> None:
    """``AlertExceedsMax``, without which clamd lets the rest pass unseen (docs/operations.md)."""
    scanner = Clamd(clamd.unix)
    assert not await scanner.is_clean(pieces(os.urandom(LOOKED_INTO + 1), EICAR))


async def test_one_that_dies_while_it_is_sent_a_file_has_no_verdict(clamd: RealClamd) -> None:
    async def interrupted() -> AsyncIterator[bytes]:
        yield b"x" * 70_000
        clamd.kill()
        for _ in range(3):
            yield b"x" * 9_999

    with pytest.raises(ScannerUnreachable):
        await Clamd(clamd.unix).is_clean(interrupted())


async def test_one_that_dies_before_its_answer_has_no_verdict(clamd: RealClamd) -> None:
    async def abandoned() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(0.2)  # it has taken what came
        clamd.kill()

    with pytest.raises(ScannerUnreachable):
        await Clamd(clamd.tcp).is_clean(abandoned())


@pytest.mark.parametrize("way", ["unix", "tcp"])
async def test_one_that_is_not_there_has_no_verdict(clamd: RealClamd, way: str) -> None:
    clamd.kill()
    with pytest.raises(ScannerUnreachable):
        await Clamd(getattr(clamd, way)).is_clean(pieces(b"x"))


class Maren:
    """Somebody who attaches files to a lead."""

    def __init__(self, trade: Trade, http: httpx.AsyncClient) -> None:
        self.trade = trade
        self.http = http
        self.files = f"/leads/{trade.add_lead()}/attachments"

    async def attach(self, content: bytes) -> None:
        self.trade.now += timedelta(seconds=1)  # the list goes by time
        asked = {"filename": "Notiz.bin", "contentType": "application/octet-stream"}
        target = (await self.http.post(self.files, json=asked)).json()
        sent = {"file": ("x", content)}
        answer = await self.http.post(target["uploadUrl"], data=target["fields"], files=sent)
        assert answer.status_code == 204, answer.text

    async def statuses(self) -> list[str]:
        """Newest first. Nothing else than what is clean now is handed out."""
        before: list[dict[str, Any]] = (await self.http.get(self.files)).json()
        answers = [await self.http.get(f"{self.files}/{file['attachmentId']}") for file in before]
        after: list[dict[str, Any]] = (await self.http.get(self.files)).json()
        for answer, file, then in zip(answers, before, after, strict=True):
            assert answer.status_code == 409 or then["status"] == "CLEAN", then["status"]
            assert answer.status_code == 200 or file["status"] != "CLEAN", file["status"]
        return [file["status"] for file in after]

    async def until(self, *statuses: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.statuses() != list(statuses):  # noqa: ASYNC110 - the scanner's own time
                await asyncio.sleep(0.05)


async def test_through_the_server(clamd: RealClamd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clean goes out, infected never; without clamd everything waits, and is scanned when it is back."""
    monkeypatch.setattr(scanning, "AGAIN_SECONDS", 0.05)
    async with opened() as trade:
        person = await trade.sign_in("Maren")
        outside = Outside(scanning=Scanning(Clamd(clamd.unix)))
        async with served(build_app(replace(trade.services, outside=outside))) as url:
            headers = {"authorization": person.client.headers["authorization"]}
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
                maren = Maren(trade, http)
                await maren.attach(os.urandom(100_000))
                await maren.until("CLEAN")
                await maren.attach(os.urandom(10_000) + EICAR)
                await maren.until("QUARANTINED", "CLEAN")
                clamd.kill()
                await maren.attach(os.urandom(100_000))
                await maren.attach(EICAR)
                await asyncio.sleep(0.5)
                assert await maren.statuses() == ["SCANNING", "SCANNING", "QUARANTINED", "CLEAN"]
                await clamd.start()
                await maren.until("QUARANTINED", "CLEAN", "QUARANTINED", "CLEAN")
                for _ in range(scanning.GIVE_UP + 1):
                    await maren.attach(os.urandom(STREAM + 1))
                await asyncio.sleep(0.5)
                await maren.attach(b"Angebot")
                large = ["SCANNING"] * (scanning.GIVE_UP + 1)
                await maren.until("CLEAN", *large, "QUARANTINED", "CLEAN", "QUARANTINED", "CLEAN")
