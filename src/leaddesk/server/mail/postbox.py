"""The postbox: what is to be written is thrown in and done later, so that no answer waits for it.

What happens between a request and its letter – looking whether there is such a person, too – comes after the
answer has left: no time tells anything. Bounded; what is in it when the process ends is lost, and people ask
again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from email.message import EmailMessage

from leaddesk.server.mail.letters import Letter, Sender, written
from leaddesk.server.mail.smtp import Carrier

ROOM = 1_000
TRIES, PAUSE_SECONDS = 4, 15.0
SHOWN = 50

_log = logging.getLogger(__name__)

Writing = Callable[[], Letter | None]
"""Looks up what is needed and writes a letter, or none; may wait for a database."""


class PostboxFull(Exception):
    """More is waiting than may be."""


class Postbox:
    """Carries one letter after another. Without a carrier there is no mail, and nothing may be thrown in."""

    def __init__(self, carrier: Carrier | None = None, sender: Sender | None = None) -> None:
        self.carrier = carrier
        self._sender = sender or Sender("leaddesk", "noreply@leaddesk.example")
        self._waiting: asyncio.Queue[Writing] = asyncio.Queue(ROOM)
        self.pause_seconds = PAUSE_SECONDS

    @property
    def is_open(self) -> bool:
        """Tell whether letters are carried."""
        return self.carrier is not None

    def throw_in(self, writing: Writing) -> None:
        """Have a letter written and carried later. Raises :class:`PostboxFull`."""
        try:
            self._waiting.put_nowait(writing)
        except asyncio.QueueFull:
            raise PostboxFull from None

    async def run(self) -> None:
        """Carry what was thrown in, until cancelled."""
        while True:
            writing = await self._waiting.get()
            try:
                await self._done(writing)
            except Exception as failure:  # its text may hold values (guarantee A8)
                _log.error("a letter failed: %s", type(failure).__name__)
            finally:
                self._waiting.task_done()

    async def emptied(self) -> None:
        """Wait until everything that was thrown in has been done."""
        await self._waiting.join()

    async def _done(self, writing: Writing) -> None:
        letter = await asyncio.to_thread(writing)
        if letter is None or self.carrier is None:
            return
        message = written(letter, self._sender)
        for left in reversed(range(TRIES)):
            try:
                await asyncio.to_thread(self.carrier.carry, message)
            except OSError as failure:
                _log.warning("a letter was not taken: %s; tries left: %d", type(failure).__name__, left)
                await asyncio.sleep(self.pause_seconds if left else 0)
            else:
                return


class ShownLetters:
    """Shows letters instead of sending them: the demo's outbox. The last ones, in memory."""

    def __init__(self) -> None:
        self.letters: deque[EmailMessage] = deque(maxlen=SHOWN)

    def carry(self, message: EmailMessage) -> None:
        """Keep a letter to be shown."""
        self.letters.appendleft(message)
