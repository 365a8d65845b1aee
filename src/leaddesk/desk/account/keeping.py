"""What a keyring missed is written, and what it could not forget is forgotten, as soon as it can (B2, B7).

A token is used once. One that could not be kept leaves an older one in the keyring, and a start with that
would end the session: the server has to take it for stolen. One that could not be removed outlives a
sign-out.
"""

from __future__ import annotations

import asyncio
import contextlib

from leaddesk.session.vault import Vault, VaultNote

MAY_COME = frozenset({VaultNote.SLOW, VaultNote.NO_SERVICE, VaultNote.LOCKED})
"""Notes of a keyring that may answer later."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0


class Keeping:
    """Watches one window's vault for as long as the window lives, whoever is signed in; prompts nobody."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._told = asyncio.Event()
        vault.watch(self._hear)

    async def run(self) -> None:
        """Try now and then while something is to be written or forgotten; ends by being cancelled."""
        pause = FIRST_PAUSE
        while True:
            self._told.clear()
            if self._vault.note not in MAY_COME and not self._vault.doomed:
                pause = FIRST_PAUSE
                await self._wait(LONGEST_PAUSE)
                continue
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._vault.settle()

    async def _wait(self, seconds: float) -> None:
        """Until something is told of the vault; what it owes it tells not always."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()

    def _hear(self, _note: VaultNote) -> None:
        self._told.set()
