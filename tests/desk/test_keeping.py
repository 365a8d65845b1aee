"""What the keyring missed is written, and what it is to forget forgotten, as soon as it answers (B2, B7)."""

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
        self.asked, self.doomed = 0, frozenset()
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
            self.doomed = frozenset()
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


@pytest.mark.parametrize("note", [VaultNote.KEPT, VaultNote.TOO_LARGE, VaultNote.NO_SERVICE])
async def test_it_tries_while_something_is_to_be_forgotten_whatever_the_last_call_said(
    note: VaultNote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(room, "LONGEST_PAUSE", 0.004)
    vault = Ill()
    vault.note = note
    work = asyncio.create_task(Keeping(vault).run())
    await asyncio.sleep(0)
    vault.doomed = frozenset({"p"})
    async with asyncio.timeout(60):
        while vault.doomed:  # noqa: ASYNC110 - it tells nobody when it asks
            await asyncio.sleep(0.001)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert vault.asked == 3


async def test_the_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 10:
            raise asyncio.CancelledError

    vault = MemoryVault()
    vault.doomed = frozenset({"p"})
    monkeypatch.setattr(asyncio, "sleep", rest)
    with pytest.raises(asyncio.CancelledError):
        await Keeping(vault).run()
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
