"""Reads what one client paints and waits for words to appear or to go."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

PROMISED = 2.0
"""Seconds within which a change is promised to be painted in another window; a later one is told."""
PATIENCE = 60.0
"""Seconds after which it does not come at all: a busy machine is slow, not wrong."""

STILL = 0.3
_TICKING = re.compile(r"\d+:\d\d|Sek\.|gerade eben|\d s\b|just now")
"""Clocks and countdowns never stand still."""


class NotSeen(Exception):
    """The words were not painted, or stayed, within the time. Carries our own words only."""


class Eyes:
    """The newest painted words of one client, fed by :meth:`watch`."""

    def __init__(self, reader: asyncio.StreamReader, who: str) -> None:
        self._reader, self._who = reader, who
        self._painted: list[tuple[str, int, int]] = []
        self._changed = asyncio.Condition()
        self._pictures: asyncio.Queue[bytes] = asyncio.Queue()
        self._late: list[str] = []

    async def watch(self) -> None:
        """Read until the client ends."""
        while line := await self._reader.readline():
            message = json.loads(line)
            if "picture" in message:
                await self._pictures.put(await self._reader.readexactly(message["picture"]))
                continue
            async with self._changed:
                self._painted = [(words, x, y) for words, x, y in message["painted"]]
                self._changed.notify_all()

    async def picture(self) -> bytes:
        """Wait for the picture that was asked for. Raises :class:`NotSeen` when the client is gone."""
        try:
            return await asyncio.wait_for(self._pictures.get(), PATIENCE)
        except TimeoutError:
            raise NotSeen(f"{self._who} sent no picture") from None

    def words(self) -> list[str]:
        """Return everything painted now."""
        return [words for words, _, _ in self._painted]

    def shows(self, wanted: str) -> bool:
        """Return whether words are painted now, as a whole text or inside one."""
        return any(wanted in words for words in self.words())

    def place(self, wanted: str, nth: int = 0) -> tuple[int, int]:
        """Return the middle of painted words, from the top; whole texts first. Raises :class:`NotSeen`."""
        whole = [(y, x) for words, x, y in self._painted if words == wanted]
        inside = [(y, x) for words, x, y in self._painted if wanted in words]
        found = sorted(whole or inside)
        if len(found) <= nth:
            raise NotSeen(f"{self._who} does not show “{wanted}”")
        y, x = found[nth]
        return x, y

    def place_below(self, wanted: str, upper: str) -> tuple[int, int]:
        """Return the nearest ``wanted`` under other words: the button of the card that shows them."""
        left, top = self.place(upper)
        under = [(abs(x - left), x, y) for words, x, y in self._painted if words == wanted and y > top]
        if not under:
            raise NotSeen(f"{self._who} does not show “{wanted}” under “{upper}”")
        return min(under)[1:]

    def late(self) -> list[str]:
        """Return, once, what came later than promised since the last time it was asked."""
        late, self._late = self._late, []
        return late

    async def see(self, wanted: str, seconds: float | None = None) -> float:
        """Wait until words are painted; returns the seconds it took. Raises :class:`NotSeen`.

        ``seconds`` is for what no time is promised for; without it what comes late is told of.
        """
        return await self._wait(lambda: self.shows(wanted), f"{self._who} does not show “{wanted}”", seconds)

    async def still(self) -> None:
        """Wait until nothing new was painted for a moment, as a person does before pointing at something."""
        shown = None
        while shown != self._places():
            shown = self._places()
            await asyncio.sleep(STILL)

    def _places(self) -> list[tuple[str, int, int]]:
        return [found for found in self._painted if not _TICKING.search(found[0])]

    def count(self, wanted: str) -> int:
        """Return how many painted texts hold the words now."""
        return sum(wanted in words for words in self.words())

    async def see_more(self, wanted: str, than: int, seconds: float | None = None) -> float:
        """As :meth:`see`, for words that are painted more often than before."""
        otherwise = f"{self._who} does not show “{wanted}” once more"
        return await self._wait(lambda: self.count(wanted) > than, otherwise, seconds)

    async def miss(self, unwanted: str, seconds: float | None = None) -> float:
        """As :meth:`see`, for words that go."""
        return await self._wait(
            lambda: not self.shows(unwanted), f"{self._who} still shows “{unwanted}”", seconds
        )

    async def _wait(self, true: Callable[[], bool], otherwise: str, seconds: float | None) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(seconds or PATIENCE), self._changed:
                await self._changed.wait_for(true)
        except TimeoutError:
            raise NotSeen(f"{otherwise} after {seconds or PATIENCE:g} s") from None
        took = loop.time() - began
        if seconds is None and took > PROMISED:
            self._late.append(f"{otherwise} for {took:.1f} s")
        return took
