"""What the keyring missed is written while somebody works, as soon as it answers (guarantee B2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from leaddesk.desk.account import keeping as room
from leaddesk.desk.account.keeping import Keeping
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.vault import VaultNote


class Ill(MemoryVault):
    """A vault that is well only after it was asked three times."""

    def __init__(self) -> None:
        super().__init__()
        self.note = VaultNote.KEPT
        self.asked = 0
        self._heard: list[Callable[[VaultNote], None]] = []

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        self._heard.append(callback)

    def become(self, note: VaultNote) -> None:
        self.note = note
        for callback in self._heard:
            callback(note)

    async def settle(self, patience: float = 0.0) -> None:
        self.asked += 1
        if self.asked == 3:
            self.become(VaultNote.KEPT)


async def test_it_tries_until_the_keyring_has_everything_and_then_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "FIRST_PAUSE", 0.001)
    vault = Ill()
    work = asyncio.create_task(Keeping(vault).run())
    await asyncio.sleep(0)
    assert vault.asked == 0
    vault.become(VaultNote.NO_SERVICE)
    async with asyncio.timeout(60):
        while vault.asked < 3:  # noqa: ASYNC110 - it tells nobody when it asks
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.02)
    assert vault.asked == 3
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
