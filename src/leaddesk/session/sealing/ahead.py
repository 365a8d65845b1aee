"""A key that lies in the keyring before there is anything to seal: a lock then waits for no keyring (A6)."""

from __future__ import annotations

import asyncio

from leaddesk.session.sealing.sealed import Key, KeyShelf, forget_key, new_key


class KeyAhead:
    """Implements :class:`~leaddesk.session.sealing.sealed.Keys` for one seat.

    Invariant: at most one key is there, and it is given out once. Until then it opens nothing; whoever does
    not need it any more has it forgotten.
    """

    def __init__(self, shelf: KeyShelf) -> None:
        self._shelf = shelf
        self._ready: Key | None = None
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Have a key there, if it can be kept."""
        async with self._turn:
            if self._ready is None:
                self._ready = await new_key(self._shelf)

    async def take(self) -> Key | None:
        """Give out the key that is there, or on its way; else a new one. ``None``: nothing keeps it."""
        async with self._turn:
            ready, self._ready = self._ready, None
            return ready or await new_key(self._shelf)

    async def forget(self) -> None:
        """Have the key forgotten that was not needed."""
        async with self._turn:
            ready, self._ready = self._ready, None
        if ready is not None:
            await forget_key(self._shelf, ready.name)
