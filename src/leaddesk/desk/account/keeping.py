"""What a keyring missed is written as soon as one answers again, while somebody works (guarantee B2).

A token is used once. One that could not be kept leaves an older one in the keyring, and a start with that
would end the session: the server has to take it for stolen.
"""

from __future__ import annotations

import asyncio

from leaddesk.session.vault import Vault, VaultNote

MAY_COME = frozenset({VaultNote.SLOW, VaultNote.NO_SERVICE, VaultNote.LOCKED})
"""Notes of a keyring that may answer later."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0


class Keeping:
    """Watches one vault; prompts nobody."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._told = asyncio.Event()
        vault.watch(self._hear)

    async def run(self) -> None:
        """Try now and then while something is to be written; ends by being cancelled."""
        pause = FIRST_PAUSE
        while True:
            self._told.clear()
            if self._vault.note not in MAY_COME:
                pause = FIRST_PAUSE
                await self._told.wait()
                continue
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._vault.settle()

    def _hear(self, _note: VaultNote) -> None:
        self._told.set()
