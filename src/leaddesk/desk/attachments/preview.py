"""One file that is looked at: a decoder's answers, waited for beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from leaddesk.decoding.bounds import Fault, Kind
from leaddesk.decoding.decoder import Decoder, Opened, Page, Undecodable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Faulty:
    """There is nothing to show of a file."""

    fault: Fault


class Preview:
    """Invariant: nothing is decoded after :meth:`close`, nor after a question was cancelled."""

    def __init__(self, kind: Kind) -> None:
        self._decoder = Decoder(kind)
        self.opened = Opened()

    async def open(self, content: bytearray) -> Faulty | None:
        """Hand the file over and forget it here. None: it is open."""
        try:
            opened = await self._beside(partial(self._decoder.open, content))
        finally:
            content[:] = bytes(len(content))
        if isinstance(opened, Faulty):
            self.close()
            return opened
        self.opened = opened
        return None

    async def page(self, number: int, width: int) -> Page | Faulty:
        """Draw one page, numbered from 0."""
        return await self._beside(partial(self._decoder.page, number, width))

    def close(self) -> None:
        """End the child at once."""
        self._decoder.close()

    async def _beside(self, work: Callable[[], T]) -> T | Faulty:
        def attempt() -> T | Faulty:
            try:
                return work()
            except Undecodable as failure:
                return Faulty(failure.fault)

        try:
            return await asyncio.get_running_loop().run_in_executor(None, attempt)
        except asyncio.CancelledError:
            self._decoder.close()
            raise
