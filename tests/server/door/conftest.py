"""The small trade with a door, and an operator before it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from leaddesk.server.archive.signal import Exports
from leaddesk.server.door.command import run_order
from leaddesk.server.door.porter import About, Porter
from leaddesk.server.door.threshold import Threshold, open_socket
from leaddesk.server.operations.upkeep import witness_of_one_run
from tests.support.folders import short_folder
from tests.support.trade import Trade


class Operator:
    """Somebody at a terminal of the server's machine."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str], failing: list[str]) -> None:
        self.place = place
        self.failing = failing
        self._capsys = capsys

    async def types(self, *words: str) -> tuple[int, str, str]:
        """Give an order; exit code, what was printed, what was complained."""
        code = await asyncio.to_thread(run_order, [*words, "--socket", str(self.place)])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    async def told(self, *words: str) -> dict[str, Any]:
        """Give an order that succeeds; the answer for machines."""
        code, out, err = await self.types(*words, "--json")
        assert (code, err, out.count("\n")) == (0, "", 1), (out, err)
        answer: dict[str, Any] = json.loads(out)
        assert answer.pop("outcome") == "done"
        return answer

    async def refused(self, *words: str) -> str:
        """Give an order that is not carried out; the sentence."""
        code, out, err = await self.types(*words)
        assert (code, out, err.count("\n")) == (1, "", 1), (code, out, err)
        return err.removeprefix("leaddesk server: ").strip()


def inside(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


@contextlib.asynccontextmanager
async def opened_door(trade: Trade, place: Path, failing: list[str]) -> AsyncIterator[Threshold]:
    """Let orders in until the end of the block."""

    async def look() -> list[str]:
        return failing

    services = trade.services
    exports = Exports(services.office.log, services.access_log.storage, witness_of_one_run, None)
    threshold = Threshold(open_socket(place), Porter(services, exports, About("Nordwind", look)).carry)
    running = asyncio.create_task(threshold.run())
    await asyncio.sleep(0)
    try:
        yield threshold
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder with a short name instead of pytest's."""
    with short_folder("door-") as folder:
        yield folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a door needs it."""
    folder = tmp_path / "run"
    folder.mkdir(0o700)
    return folder


@pytest.fixture
async def operator(trade: Trade, folder: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Operator]:
    failing: list[str] = []
    async with opened_door(trade, folder / "o.sock", failing):
        yield Operator(folder / "o.sock", capsys, failing)
