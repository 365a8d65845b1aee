"""With what somebody comes in: a password that gives tokens, or an API key where no people are known."""

from __future__ import annotations

import asyncio
from typing import Protocol

from leaddesk.demo.child import DemoPerson
from leaddesk.personal.masked import Secret
from tests.guarantees.memory.scanning import held, plain, tokens
from tests.guarantees.memory.window import NotReached, Window


class Entering(Protocol):
    """One way in."""

    async def sign_in(self, window: Window) -> None:
        """Sign in at the page that is coming."""
        ...

    async def unlock(self, window: Window) -> None:
        """Open the lock."""
        ...

    async def secrets(self, window: Window) -> list[str]:
        """Return what must not be left. Raises :class:`NotReached` if it cannot even be found now."""
        ...


class ByPassword:
    """A person; tokens are told apart by their form."""

    def __init__(self, person: DemoPerson) -> None:
        self._person = person

    async def sign_in(self, window: Window) -> None:
        """Fill in the form."""
        await window.sign_in(self._person)

    async def unlock(self, window: Window) -> None:
        """Type the password."""
        await window.unlock(self._person)

    async def secrets(self, window: Window) -> list[str]:
        """Return password and tokens."""
        known = await asyncio.to_thread(tokens, window.family())
        if len(known) < 2:
            raise NotReached("the tokens are not in memory before the lock: nothing would be shown")
        return [self._person.password.reveal(), *(token[4:26] for token in known)]


class ByKey:
    """An API key, for this session."""

    def __init__(self, key: Secret) -> None:
        self._key = key.reveal()

    async def sign_in(self, window: Window) -> None:
        """Fill in the only field."""
        await window.comes_to_form("API-Schlüssel")
        await self.unlock(window)

    async def unlock(self, window: Window) -> None:
        """Type the same key."""
        await window.fill(self._key)
        await window.hands.press("Return")

    async def secrets(self, window: Window) -> list[str]:
        """Return the key, which every call carries."""
        if not await asyncio.to_thread(held, window.family(), plain([self._key])):
            raise NotReached("the key is not in memory before the lock: nothing would be shown")
        return [self._key]
